/**
 * Refusals: what a node was told and did not take.
 *
 * - `node`: a heartbeat of a node beyond the most that are followed, or of one that said goodbye.
 * - `address`: one that is reserved or skipped.
 * - `proposal-id`: one of 2^63 or above.
 * - `types`: a ballot for a type beyond as many as there are addresses, or for too many epochs at once.
 * - `record`: with such an address, such an epoch, or of such a type.
 * - `buckets`: an assignment about buckets that there are not.
 * - `throttled`: an answer that was one too many in its second.
 */
export type RefusalReason =
  | "node"
  | "address"
  | "proposal-id"
  | "types"
  | "record"
  | "buckets"
  | "throttled";

export class Refusals {
  readonly #counts: Record<RefusalReason, number> = {
    node: 0,
    address: 0,
    "proposal-id": 0,
    types: 0,
    record: 0,
    buckets: 0,
    throttled: 0,
  };

  /** How often each has happened. */
  get counts(): Readonly<Record<RefusalReason, number>> {
    return this.#counts;
  }

  count(reason: RefusalReason): void {
    this.#counts[reason] += 1;
  }
}
