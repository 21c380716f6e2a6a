/** What each option of a pub/sub node has to be. Apart from `pubsub.ts`, which loads sockets. */
import type { OptionTable } from "../../options.ts";
import { queueOptionTable } from "../../queue.ts";
import type { PubSubOptions } from "../pubsub.ts";
import { streamAddressTable, streamOptionTable } from "../wire/options.ts";

/** All but its addresses. */
export const pubSubLimitTable: OptionTable<Omit<PubSubOptions, "bind" | "peers">> = {
  ...streamOptionTable,
  queue: queueOptionTable,
  subscribersMax: "a number",
  subscriptionsMax: "a number",
  prefixBytesMax: "a number",
};

export const pubSubOptionTable: OptionTable<PubSubOptions> = {
  bind: streamAddressTable,
  peers: "an array",
  ...pubSubLimitTable,
};
