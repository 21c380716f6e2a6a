/** Failures: those of one address, of which the same one again and again is told once. */
import type { CloseReason } from "../../io/connection.ts";

export class Failures {
  readonly #report: (cause: NonNullable<CloseReason>) => void;
  #reported: string | undefined;

  constructor(report: (cause: NonNullable<CloseReason>) => void) {
    this.#report = report;
  }

  /** A connection failed, or could not be made. */
  happened(cause: NonNullable<CloseReason>): void {
    const { address: _address, retryMs: _retryMs, ...facts } = cause.details;
    const failure = `${cause.code} ${JSON.stringify(facts)}`;
    if (failure === this.#reported) return;
    this.#reported = failure;
    this.#report(cause);
  }

  /** It works now: the next failure is news, whatever it is. */
  over(): void {
    this.#reported = undefined;
  }
}
