/** A defect that stands behind so many conditions that chance alone does not get there. */
import type { FuzzTarget } from "./target.ts";

export const deep: FuzzTarget = {
  dictionary: [],
  check(input) {
    if (input[0] !== 0x50) return;
    if (input[1] !== 0x4c) return;
    if (input[2] !== 0x58) return;
    throw new RangeError("here it is");
  },
};
