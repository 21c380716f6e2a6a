/** Subscription: what `react`, `reactRaw` and `on` return. */
import { onAbort } from "./abort.ts";

/** What has begun by `react`, `reactRaw` or `on`, and the way to end it. */
export interface Subscription extends Disposable {
  /**
   * Resolves when messages sent from then on will arrive, as far as the transport can tell; it is
   * found out when this is first asked for. Marked handled: nobody has to await it.
   */
  readonly ready: Promise<void>;
  /** Resolves when it has ended: by `unsubscribe`, its `signal`, or `close()` of the ganglion. */
  readonly ended: Promise<void>;
  /** Ends it at once; what is in its queue is dropped and counted. Idempotent. */
  unsubscribe(): void;
}

/** The side of a subscription that its maker holds. */
export class Registration implements Subscription {
  readonly #undo: () => void;
  readonly #inEffect: () => Promise<void>;
  #ready: Promise<void> | undefined;
  #forgetSignal: (() => void) | undefined;
  #open = true;
  #ended: Promise<void> | undefined;
  #tellEnded: (() => void) | undefined;

  /**
   * @param undo Called once, when it ends.
   * @param inEffect See `ready`.
   */
  constructor(undo: () => void, inEffect: () => Promise<void> = () => Promise.resolve()) {
    this.#undo = undo;
    this.#inEffect = inEffect;
  }

  get ready(): Promise<void> {
    if (this.#ready === undefined) {
      this.#ready = this.#inEffect();
      this.#ready.catch(() => {});
    }
    return this.#ready;
  }

  /** Ends when `signal` says so; at once if it has. */
  endBy(signal: AbortSignal): void {
    if (signal.aborted) this.unsubscribe();
    else this.#forgetSignal = onAbort(signal, this.unsubscribe);
  }

  get ended(): Promise<void> {
    this.#ended ??= this.#open
      ? new Promise((resolve) => {
          this.#tellEnded = resolve;
        })
      : Promise.resolve();
    return this.#ended;
  }

  // A bound function: it is what the signal calls, too.
  readonly unsubscribe: () => void = () => {
    if (!this.#open) return;
    this.#open = false;
    this.#forgetSignal?.();
    this.#undo();
    this.#tellEnded?.();
  };

  [Symbol.dispose](): void {
    this.unsubscribe();
  }
}
