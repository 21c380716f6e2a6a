/**
 * Rate limit: how fast a source may send, repairs included. A bucket of tokens, one a byte, that fills
 * at the rate; its size is the longest burst.
 *
 * The rate halves while more than 5 % of what is sent has to be asked for again, and recovers after.
 */

/** What a datagram costs beside its bytes: the IPv4 and UDP headers, as in libzmq. */
const packetOverheadBytes = 28;

/** A burst of so many full packets fits into the receive buffer that Linux gives by default. */
const burstPackets = 64;
const fullPacketBytes = 1500;

/** At high rates a burst is what is sent in so many ms, since timers are no finer. */
const burstMs = 2;

/** A libzmq receiver with its default window goes deaf for good when it misses more. */
const foreignBitsPerSecondMax = 10_000_000;

/** The rate is looked at so often. */
const reviewMs = 250;
const lossMax = 0.05;
const rateFactor = { least: 1 / 16, down: 0.5, up: 1.25 } as const;

export class RateLimit {
  readonly #bitsPerSecond: number;
  #factor = 1;
  #isForeign = false;
  #tokens: number;
  #filledMs: number;
  #reviewedMs: number;
  #sentCount = 0;
  #askedCount = 0;

  constructor(bitsPerSecond: number, nowMs: number) {
    this.#bitsPerSecond = bitsPerSecond;
    this.#filledMs = nowMs;
    this.#reviewedMs = nowMs;
    this.#tokens = this.#burstBytes;
  }

  /** The rate as it is now, in bit/s. */
  get bitsPerSecond(): number {
    const limit = this.#isForeign
      ? Math.min(this.#bitsPerSecond, foreignBitsPerSecondMax)
      : this.#bitsPerSecond;
    return limit * this.#factor;
  }

  /** Whether nodes that are not ours listen, whose windows are small. */
  setForeign(isForeign: boolean): void {
    this.#isForeign = isForeign;
    this.#tokens = Math.min(this.#tokens, this.#burstBytes);
  }

  /** Takes the tokens for a datagram, if they are there. */
  take(byteCount: number, nowMs: number): boolean {
    this.#fill(nowMs);
    const cost = byteCount + packetOverheadBytes;
    // Less than a thousandth of a byte is an error of rounding.
    if (this.#tokens < cost - 0.001) return false;
    this.#tokens -= cost;
    this.#sentCount += 1;
    return true;
  }

  /** When the tokens for a datagram will be there. */
  readyMs(byteCount: number): number {
    const missing = byteCount + packetOverheadBytes - this.#tokens;
    return missing <= 0 ? this.#filledMs : this.#filledMs + missing / this.#bytesPerMs;
  }

  /** So many packets, counted once each, had to be asked for again. */
  asked(count: number): void {
    this.#askedCount += count;
  }

  get #bytesPerMs(): number {
    return this.bitsPerSecond / 8_000;
  }

  get #burstBytes(): number {
    const packets = burstPackets * fullPacketBytes;
    return this.#isForeign ? packets : Math.max(packets, this.#bytesPerMs * burstMs);
  }

  #fill(nowMs: number): void {
    this.#review(nowMs);
    const gained = Math.max(0, nowMs - this.#filledMs) * this.#bytesPerMs;
    this.#tokens = Math.min(this.#burstBytes, this.#tokens + gained);
    this.#filledMs = nowMs;
  }

  #review(nowMs: number): void {
    if (nowMs < this.#reviewedMs + reviewMs) return;
    this.#reviewedMs = nowMs;
    const { least, down, up } = rateFactor;
    const isLossy = this.#askedCount > this.#sentCount * lossMax;
    this.#factor = isLossy ? Math.max(least, this.#factor * down) : Math.min(1, this.#factor * up);
    this.#sentCount = 0;
    this.#askedCount = 0;
  }
}
