/**
 * Rate limit: how fast a source may send, repairs included. A bucket of tokens, one a byte, that fills
 * at the rate; its size is the longest burst.
 *
 * The rate halves while more than 5 % of what is sent has to be asked for again, and recovers after.
 * Who asks for more than half of it is not believed: anybody can ask for anything.
 */

/** What a datagram costs beside its bytes: the IPv4 and UDP headers, as in libzmq. */
const packetOverheadBytes = 28;

/** A burst of so many full packets fits into the receive buffer that Linux gives by default. */
const burstPackets = 64;
const fullPacketBytes = 1500;

/** At high rates a burst is what is sent in so many ms, since timers are no finer. */
const burstMs = 2;

/** A libzmq receiver with its default window, of 80 packets, goes deaf for good when it misses more. */
const foreignBitsPerSecondMax = 10_000_000;

/** The rate is looked at so often. */
const reviewMs = 250;
const lossMax = 0.05;
const credibleMax = 0.5;
/** So many who ask are told apart; more are not counted. */
const askersMax = 256;
/** What fewer packets say of the network is chance. */
const askedMin = 3;
const rateFactor = { least: 1 / 16, down: 0.5, up: 1.25 } as const;

export class RateLimit {
  readonly #bitsPerSecond: number;
  #factor = 1;
  #isForeign = false;
  /** How many tokens the bucket lacked at `#atMs`. */
  #lackingBytes = 0;
  #atMs: number;
  #reviewedMs: number;
  #sentCount = 0;
  /** By who has asked. */
  readonly #askedCounts = new Map<string, number>();

  constructor(bitsPerSecond: number, nowMs: number) {
    this.#bitsPerSecond = bitsPerSecond;
    this.#atMs = nowMs;
    this.#reviewedMs = nowMs;
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
  }

  /** Takes the tokens for a datagram, if they are there. Repairs say nothing of how much is lost. */
  take(
    byteCount: number,
    nowMs: number,
    { isRepair = false }: { readonly isRepair?: boolean } = {},
  ): boolean {
    this.#review(nowMs);
    // By the very sum that gave the deadline, which rounding then cannot make a promise that fails.
    if (nowMs < this.readyMs(byteCount)) return false;
    const gainedBytes = Math.max(0, nowMs - this.#atMs) * this.#bytesPerMs;
    this.#lackingBytes = Math.max(0, this.#lackingBytes - gainedBytes) + this.#cost(byteCount);
    this.#atMs = Math.max(this.#atMs, nowMs);
    if (!isRepair) this.#sentCount += 1;
    return true;
  }

  /** When the tokens for a datagram will be there; in the past if they are. */
  readyMs(byteCount: number): number {
    const missing = this.#lackingBytes + this.#cost(byteCount) - this.#burstBytes;
    return this.#atMs + missing / this.#bytesPerMs;
  }

  /** So many packets, counted once each, had to be asked for again. */
  asked(asker: string, count: number): void {
    const known = this.#askedCounts.get(asker);
    if (known === undefined && this.#askedCounts.size >= askersMax) return;
    this.#askedCounts.set(asker, (known ?? 0) + count);
  }

  /** The windows of foreign receivers count packets, so that for them each costs as much as a full one. */
  #cost(byteCount: number): number {
    const costBytes = byteCount + packetOverheadBytes;
    return this.#isForeign ? Math.max(costBytes, fullPacketBytes) : costBytes;
  }

  get #bytesPerMs(): number {
    return this.bitsPerSecond / 8_000;
  }

  get #burstBytes(): number {
    const packets = burstPackets * fullPacketBytes;
    return this.#isForeign ? packets : Math.max(packets, this.#bytesPerMs * burstMs);
  }

  #review(nowMs: number): void {
    const reviewCount = Math.floor((nowMs - this.#reviewedMs) / reviewMs);
    if (reviewCount < 1) return;
    const askedCount = this.#credibleCount();
    const isLossy = askedCount >= askedMin && askedCount > this.#sentCount * lossMax;
    if (isLossy) this.#factor = Math.max(rateFactor.least, this.#factor * rateFactor.down);
    // In what has passed since without anything sent, nothing was lost either.
    const goodCount = isLossy ? reviewCount - 1 : reviewCount;
    this.#factor = Math.min(1, this.#factor * rateFactor.up ** goodCount);
    this.#reviewedMs = nowMs;
    this.#sentCount = 0;
    this.#askedCounts.clear();
  }

  #credibleCount(): number {
    let sum = 0;
    for (const count of this.#askedCounts.values()) {
      if (count <= this.#sentCount * credibleMax) sum += count;
    }
    return sum;
  }
}
