export type { Machine } from "../protocol/machine.ts";
export { type CodecCase, type CodecSubject, codecCases, type GoldenBytes } from "./codec-cases.ts";
export {
  type Capabilities,
  type GanglionCase,
  type GanglionWorld,
  ganglionCases,
  ganglionCasesFor,
} from "./ganglion-cases.ts";
export { Random } from "./random.ts";
export type { LinkFaults } from "./sim/link.ts";
export type { SimNode, SimNodeOptions } from "./sim/sim-node.ts";
export { type SimEvent, SimNetwork, type SimNetworkOptions } from "./sim-network.ts";
export { turn, until } from "./until.ts";
