/**
 * A UDP port that no other test of the run is likely to have: those of groups cannot be left to the
 * system, since all nodes have the same. Below those that Linux gives by itself.
 */
import { randomInt } from "node:crypto";

export function randomPort(): number {
  return randomInt(10_000, 32_768);
}
