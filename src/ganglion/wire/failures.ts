/** Failures: those to connect to one address, of which the same one again and again is told once. */
import type { Place } from "../../io/address.ts";
import type { CloseReason } from "../../io/connection.ts";

type Report = (cause: NonNullable<CloseReason>, place?: Place) => void;

export class Failures {
  readonly #report: Report;
  #reported: string | undefined;

  constructor(report: Report) {
    this.#report = report;
  }

  /**
   * A connection failed, or could not be made.
   * @param place Where the other end is, where the cause does not say so.
   */
  happened(cause: NonNullable<CloseReason>, place?: Place): void {
    const { address: _address, retryMs: _retryMs, ...facts } = cause.details;
    const failure = `${cause.code} ${JSON.stringify(facts)}`;
    if (failure === this.#reported) return;
    this.#reported = failure;
    this.#report(cause, place);
  }

  /** It works now: the next failure is news, whatever it is. */
  over(): void {
    this.#reported = undefined;
  }
}
