/** checkSame: that what came is what was expected, in order. */
import { isDeepStrictEqual } from "node:util";

const shownLengthMax = 200;

/** @throws {Error} that says where the first difference is. */
export function checkSame(what: string, got: readonly unknown[], wanted: readonly unknown[]): void {
  const index = wanted.findIndex((value, at) => !isDeepStrictEqual(got[at], value));
  if (index === -1 && got.length === wanted.length) return;
  const at = index === -1 ? wanted.length : index;
  throw new Error(
    `${what}: ${got.length} came and ${wanted.length} were expected; the first that differs is ` +
      `number ${at + 1}, ${shown(got[at])} instead of ${shown(wanted[at])}`,
  );
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? "nothing").slice(0, shownLengthMax);
}
