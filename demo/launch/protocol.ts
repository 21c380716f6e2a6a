/** What the launcher and the programs it has started say to each other, beside plexo. */
import type { Receipt } from "../accounts/inbox.ts";
import type { Tally } from "../types.ts";

export type ToProgram =
  /** End. With what the senders have sent that ended before: wait for it if you receive. */
  | { readonly kind: "end"; readonly tallies: readonly Tally[] }
  /** To the hub: open a seat; close it, its holder has left. */
  | { readonly kind: "open-seat"; readonly holder: string }
  | { readonly kind: "close-seat"; readonly holder: string };

export type FromProgram =
  /** Sent to it from now on, a message of these topics arrives. */
  | { readonly kind: "ready"; readonly topics: readonly string[] }
  /** From the hub: where the holder of the seat connects to. */
  | { readonly kind: "seat"; readonly holder: string; readonly url: string }
  /** Nobody reads any more what it prints. */
  | { readonly kind: "unread" }
  /** The last message of a program. */
  | ({ readonly kind: "done" } & Report);

/** What a program has sent, if it sends, and received, if it receives. */
export interface Report {
  readonly tally?: Tally;
  readonly receipts?: readonly Receipt[];
}
