/**
 * SPM schedule: when a source sends source path messages. Three at the start; after data a series at
 * growing distances, by which receivers find that the last packets are missing; and always one in 30 s.
 */

/** From the last data packet, as libzmq's own heartbeats (OpenPGM 5.3.128). */
const heartbeatsMs = [100, 200, 300, 400, 500, 1_800, 8_800, 24_800] as const;

const ambientMs = 30_000;

/** Requests for one are answered no more often than this. */
const answerPauseMs = 10;

export class SpmSchedule {
  #dataMs: number | undefined;
  /** How many of the series have been sent. */
  #heartbeatCount = 0;
  #sentMs = Number.NEGATIVE_INFINITY;
  #isAsked = false;

  get deadlineMs(): number {
    const heartbeatMs = heartbeatsMs[this.#heartbeatCount];
    const ambientDueMs = this.#sentMs + ambientMs;
    const dueMs =
      this.#dataMs === undefined || heartbeatMs === undefined
        ? ambientDueMs
        : Math.min(ambientDueMs, this.#dataMs + heartbeatMs);
    return this.#isAsked ? Math.min(dueMs, this.#sentMs + answerPauseMs) : dueMs;
  }

  /** Data went out: the series begins anew. */
  dataSent(nowMs: number): void {
    this.#dataMs = nowMs;
    this.#heartbeatCount = 0;
  }

  /** Somebody asks for one. */
  asked(): void {
    this.#isAsked = true;
  }

  sent(nowMs: number): void {
    this.#sentMs = nowMs;
    this.#isAsked = false;
    const sinceMs = nowMs - (this.#dataMs ?? nowMs);
    while ((heartbeatsMs[this.#heartbeatCount] ?? Number.POSITIVE_INFINITY) <= sinceMs) {
      this.#heartbeatCount += 1;
    }
  }
}
