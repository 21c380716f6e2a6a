/**
 * SPM schedule: when a source sends source path messages. Three at the start; after data a series at
 * growing distances, by which receivers find that the last packets are missing; and always one in 30 s.
 */

/** From the last data packet, as libzmq's own heartbeats (OpenPGM 5.3.128). */
const heartbeatsMs = [100, 200, 300, 400, 500, 1_800, 8_800, 24_800] as const;

const ambientMs = 30_000;

/** Requests for one are answered no more often than this. */
const answerPauseMs = 10;

/** While data is sent to receivers that are not ours, an SPM goes before it at least so often. */
const introductionMs = 10;

export class SpmSchedule {
  /** When the series began. */
  #beganMs = Number.POSITIVE_INFINITY;
  /** How many of the series have been sent. */
  #heartbeatCount = 0;
  #sentMs = Number.NEGATIVE_INFINITY;
  #isAsked = false;

  get deadlineMs(): number {
    const answerDueMs = this.#isAsked ? this.#sentMs + answerPauseMs : Number.POSITIVE_INFINITY;
    return Math.min(this.#sentMs + ambientMs, this.#heartbeatDueMs, answerDueMs);
  }

  /** Data went out, or the source closes: the series begins anew. */
  beginSeries(nowMs: number): void {
    this.#beganMs = nowMs;
    this.#heartbeatCount = 0;
  }

  /** Somebody asks for one. */
  asked(): void {
    this.#isAsked = true;
  }

  /** One has been sent: it stands for all that were due by now. */
  sent(nowMs: number): void {
    this.#sentMs = nowMs;
    this.#isAsked = false;
    while (this.#heartbeatDueMs <= nowMs) this.#heartbeatCount += 1;
  }

  /** Whether none was sent for so long that who joined meanwhile may not know the source's address. */
  wasSilent(nowMs: number): boolean {
    return nowMs >= this.#sentMs + introductionMs;
  }

  get #heartbeatDueMs(): number {
    return this.#beganMs + (heartbeatsMs[this.#heartbeatCount] ?? Number.POSITIVE_INFINITY);
  }
}
