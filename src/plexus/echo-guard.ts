/**
 * EchoGuard: recognises what we sent into a network when it comes back from there without an id.
 * Opt-in (`echoGuardMs`), because a sensor that says the same twice looks like an echo: each copy
 * sent earns one credit, and one equal arrival spends it.
 */

// Payloads remembered; the oldest is forgotten first, and its echo is then taken for a message.
const payloadsMax = 4_096;

interface Credit {
  copies: number;
  untilMs: number;
}

/** When a copy was sent, and for how long it is expected back. */
interface Sending {
  readonly nowMs: number;
  readonly validMs: number;
}

export class EchoGuard {
  readonly #credits = new Map<string, Credit>();

  sent(topic: string, digest: number, { nowMs, validMs }: Sending): void {
    const key = keyOf(topic, digest);
    const known = this.#credits.get(key);
    const copies = known !== undefined && known.untilMs > nowMs ? known.copies + 1 : 1;
    this.#credits.delete(key);
    this.#credits.set(key, { copies, untilMs: nowMs + validMs });
    if (this.#credits.size <= payloadsMax) return;
    for (const oldest of this.#credits.keys()) {
      this.#credits.delete(oldest);
      return;
    }
  }

  /** True if what arrived is the echo of a copy that was sent; the copy's credit is spent. */
  isEcho(topic: string, digest: number, nowMs: number): boolean {
    const key = keyOf(topic, digest);
    const credit = this.#credits.get(key);
    if (credit === undefined || credit.untilMs <= nowMs) return false;
    credit.copies -= 1;
    if (credit.copies === 0) this.#credits.delete(key);
    return true;
  }
}

function keyOf(topic: string, digest: number): string {
  return `${digest} ${topic}`;
}
