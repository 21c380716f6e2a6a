/**
 * Cuts text that comes in pieces into lines, without what follows the last line feed.
 *
 * node:readline also takes U+2028 and U+2029 for the end of a line, which stand as they are in JSON.
 */
export function splitLines(take: (line: string) => void): (piece: string) => void {
  let rest = "";
  return (piece) => {
    const lines = (rest + piece).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) take(line);
  };
}
