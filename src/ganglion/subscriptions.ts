/** Subscriptions: the reactants of one ganglion, from `react` to `unsubscribe` or `close`. */
import { systemClock } from "../io/clock.ts";
import type { Receptor } from "../receptor.ts";
import { Registration, type Subscription } from "../subscription.ts";

export class Subscriptions {
  readonly #open = new Map<Registration, Receptor>();

  /**
   * @param remove Called once when the subscription ends, before the receptor is closed.
   * @param inEffect Gives what the subscription's `ready` is.
   */
  add(
    receptor: Receptor,
    signal: AbortSignal | undefined,
    remove: () => void,
    inEffect: () => Promise<void>,
  ): Subscription {
    const registration: Registration = new Registration(() => {
      this.#open.delete(registration);
      remove();
      receptor.close();
    }, inEffect);
    this.#open.set(registration, receptor);
    if (signal !== undefined) registration.endBy(signal);
    return registration;
  }

  /** Resolves when every reactant is done with what it has, or `lingerMs` is over. */
  async settle(lingerMs: number): Promise<void> {
    const idle = Promise.all([...this.#open.values()].map((receptor) => receptor.idle()));
    await new Promise<void>((resolve) => {
      const timer = systemClock.startTimer(lingerMs, resolve);
      void idle.then(() => {
        timer.cancel();
        resolve();
      });
    });
  }

  /** Ends them all. */
  end(): void {
    for (const registration of [...this.#open.keys()]) registration.unsubscribe();
  }
}
