export { type CodecCase, type CodecSubject, codecCases, type GoldenBytes } from "./codec-cases.ts";
export {
  type Capabilities,
  type GanglionCase,
  type GanglionWorld,
  ganglionCases,
  ganglionCasesFor,
} from "./ganglion-cases.ts";
export { turn, until } from "./until.ts";
