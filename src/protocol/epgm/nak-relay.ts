/**
 * NAK relay: passes on NAKs that the system gave to the wrong process. Of several processes on one
 * host and port it gives a unicast datagram to one; that one sends it to the group, where the source
 * it is for hears it.
 */
import { isMulticastIp } from "../ip.ts";
import type { Nak } from "./packet.ts";
import { formatTsi } from "./tsi.ts";

/** Each NAK is passed on once in this time, however often it comes. */
const pauseMs = 50;

/** So many are passed on in this time, whoever asks for how much. */
const passedMax = 256;

export class NakRelay {
  readonly #passed = new Set<string>();
  #sinceMs = Number.NEGATIVE_INFINITY;

  /** Whether a NAK for a source of another process is to be sent to its group. */
  passes({ tsi, sequences, group }: Nak, nowMs: number): boolean {
    // Whoever names a host for its group wants that host to be flooded.
    if (!isMulticastIp(group)) return false;
    if (nowMs >= this.#sinceMs + pauseMs) {
      this.#sinceMs = nowMs;
      this.#passed.clear();
    }
    const key = `${formatTsi(tsi)} ${group.join(".")} ${sequences.join(" ")}`;
    if (this.#passed.has(key) || this.#passed.size >= passedMax) return false;
    this.#passed.add(key);
    return true;
  }
}
