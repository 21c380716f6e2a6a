/** What every ganglion takes as options, and what each of them has to be. */
import { UsageError } from "../errors.ts";
import type { OptionTable } from "../options.ts";
import { checkCount, checkMilliseconds } from "../ranges.ts";
import { type FilterOptions, filterOptionTable } from "./filter.ts";

/** What every ganglion takes. */
export interface GanglionOptions extends FilterOptions {
  /** For people and incidents. Default: says what and where it is. */
  readonly name?: string;
  /**
   * How long `transmit` waits for a place in a queue with policy `block`. For what is transmitted on
   * a plexus the plexus's counts, for all its ganglia. Default 10,000 ms.
   */
  readonly sendTimeoutMs?: number;
  /** How long `close()` goes on sending and calling reactants. Default 2,000 ms. */
  readonly lingerMs?: number;
  /** Topics that may come into being by arrival alone, by a pattern. Default 65,536. */
  readonly topicsMax?: number;
  /** Label of the network behind it; see `Ganglion.segment`. Default: a network of its own. */
  readonly segment?: string;
  /**
   * For networks that send back what they get, without ids: each copy sent there is expected back
   * for so long, and one equal arrival is taken for it. Default: nothing is taken for an echo.
   */
  readonly echoGuardMs?: number;
}

export const ganglionOptionTable: OptionTable<GanglionOptions> = {
  ...filterOptionTable,
  name: "a string",
  sendTimeoutMs: "a number",
  lingerMs: "a number",
  topicsMax: "a number",
  segment: "a string",
  echoGuardMs: "a number",
};

/** Those that are no filters, each in its range or with its default. */
interface CompleteGanglionOptions {
  readonly segment: string | undefined;
  readonly echoGuardMs: number | undefined;
  readonly sendTimeoutMs: number;
  readonly lingerMs: number;
  readonly topicsMax: number;
}

const sendTimeoutMsDefault = 10_000;
const lingerMsDefault = 2_000;
const topicsMaxDefault = 65_536;

/** @throws {UsageError} if one is not in its range. */
export function completeOptions(options: GanglionOptions): CompleteGanglionOptions {
  const { segment, echoGuardMs, sendTimeoutMs, lingerMs, topicsMax } = options;
  if (segment === "") {
    throw new UsageError("the segment has no name; give a label, or leave it out", {
      details: { segment },
    });
  }
  return {
    segment,
    echoGuardMs:
      echoGuardMs === undefined ? undefined : checkMilliseconds("echoGuardMs", echoGuardMs),
    sendTimeoutMs: checkMilliseconds("sendTimeoutMs", sendTimeoutMs ?? sendTimeoutMsDefault),
    lingerMs: checkMilliseconds("lingerMs", lingerMs ?? lingerMsDefault),
    topicsMax: checkCount("topicsMax", topicsMax ?? topicsMaxDefault, 0),
  };
}
