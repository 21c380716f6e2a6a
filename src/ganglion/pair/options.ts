/** What each option of a pair has to be. Apart from `pair.ts`, which loads sockets. */
import type { OptionTable } from "../../options.ts";
import { queueOptionTable } from "../../queue.ts";
import type { PairOptions } from "../pair.ts";
import { streamAddressTable, streamOptionTable } from "../wire/options.ts";

/** All but its address. */
export const pairLimitTable: OptionTable<Omit<PairOptions, "bind" | "connect">> = {
  ...streamOptionTable,
  queue: queueOptionTable,
};

export const pairOptionTable: OptionTable<PairOptions> = {
  bind: streamAddressTable,
  connect: streamAddressTable,
  ...pairLimitTable,
};
