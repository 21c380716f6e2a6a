/** The only source of chance. */
import { getRandomValues } from "node:crypto";

/** 32 random bits, unsigned. */
export function randomUint32(): number {
  return getRandomValues(new Uint32Array(1))[0] ?? 0;
}
