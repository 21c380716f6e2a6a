/** What each option of a pair has to be. Apart from `pair.ts`, which loads sockets. */

import type { StreamAddress } from "../../io/address.ts";
import type { OptionTable } from "../../options.ts";
import { queueOptionTable } from "../../queue.ts";
import type { PairLimits } from "../pair.ts";
import { streamAddressTable, streamOptionTable } from "../wire/options.ts";

/** All but its address. */
export const pairLimitTable: OptionTable<PairLimits> = {
  ...streamOptionTable,
  queue: queueOptionTable,
};

/** What a program may give that no compiler has checked: both addresses, or none. */
export interface AnyPairOptions extends PairLimits {
  readonly bind?: StreamAddress | undefined;
  readonly connect?: StreamAddress | undefined;
}

export const pairOptionTable: OptionTable<AnyPairOptions> = {
  bind: streamAddressTable,
  connect: streamAddressTable,
  ...pairLimitTable,
};
