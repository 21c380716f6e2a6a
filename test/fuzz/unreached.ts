/** Unreached: the lines of the sources at which blocks begin that no input has reached. */
import { readFileSync } from "node:fs";
import { SourceMap } from "node:module";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * @param url Of a script that the compiler made, with its map beside it.
 * @param offsets Where the blocks begin, in characters from its start.
 * @returns Each line with its place, `src/protocol/envelope.ts:120: if (…) {`.
 */
export function linesAt(url: string, offsets: readonly number[]): string[] {
  const script = readFileSync(fileURLToPath(url), "utf8");
  // As the compiler writes it.
  const payload = JSON.parse(
    readFileSync(fileURLToPath(`${url}.map`), "utf8"),
  ) as SourceMap["payload"];
  const map = new SourceMap(payload);
  return offsets.map((offset) => {
    const before = script.slice(0, offset).split("\n");
    const entry = map.findEntry(before.length - 1, before.at(-1)?.length ?? 0);
    if (!("originalSource" in entry)) return `${url}: ${offset}`;
    const path = fileURLToPath(new URL(entry.originalSource, url));
    const line = readFileSync(path, "utf8").split("\n")[entry.originalLine];
    return `${relative("", path)}:${entry.originalLine + 1}: ${line?.trim()}`;
  });
}
