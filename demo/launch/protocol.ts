/** What the launcher and the programs it has started say to each other, beside plexo. */
import type { Receipt } from "../accounts/inbox.ts";
import type { Tally } from "../types.ts";

export type ToProgram =
  /** How many receive each topic, of those that were there before. */
  | { readonly kind: "audience"; readonly receivers: Readonly<Record<string, number>> }
  /** End. With what the senders have sent that ended before: wait for it if you receive. */
  | { readonly kind: "end"; readonly tallies: readonly Tally[] };

export type FromProgram =
  /** It takes part from now on, and receives these topics. */
  | { readonly kind: "ready"; readonly topics: readonly string[] }
  /** Nobody reads any more what it prints. */
  | { readonly kind: "unread" }
  /** The last message of a program. */
  | ({ readonly kind: "done" } & Report);

/** What a program has sent, if it sends, and received, if it receives. */
export interface Report {
  readonly tally?: Tally;
  readonly receipts?: readonly Receipt[];
}
