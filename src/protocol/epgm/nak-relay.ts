/**
 * NAK relay: passes on NAKs that the system gave to the wrong process. Of several processes on one
 * host and port it gives a unicast datagram to one; that one sends it to the group, where the source
 * it is for hears it.
 */
import type { Nak } from "./packet.ts";
import { formatTsi } from "./tsi.ts";

/** Each NAK is passed on once in this time, however often it comes. */
const pauseMs = 50;

/** So many NAKs are remembered. */
const rememberedMax = 256;

export class NakRelay {
  readonly #passedMs = new Map<string, number>();

  /** Whether a NAK for a source of another process is to be sent to its group. */
  passes({ tsi, sequences }: Nak, nowMs: number): boolean {
    const key = `${formatTsi(tsi)} ${sequences.join(" ")}`;
    const passedMs = this.#passedMs.get(key);
    if (passedMs !== undefined && nowMs < passedMs + pauseMs) return false;
    if (this.#passedMs.size >= rememberedMax) this.#passedMs.clear();
    this.#passedMs.set(key, nowMs);
    return true;
  }
}
