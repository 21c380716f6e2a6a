/** A line of text for a terminal, in pieces that may have a colour. */
import * as util from "node:util";

type Format = "bold" | "dim" | "green" | "yellow" | "red" | "cyan";
type Piece = string | { readonly text: string; readonly format: Format };
export type Line = readonly Piece[];

export interface LineOptions {
  readonly colours: boolean;
  /** What is longer is cut; a line that wraps would spoil a view that is drawn in place. */
  readonly columns: number;
}

export function lineText(line: Line, { colours, columns }: LineOptions): string {
  let room = columns;
  let text = "";
  for (const piece of line) {
    const format = typeof piece === "string" ? undefined : piece.format;
    const cut = (typeof piece === "string" ? piece : piece.text).slice(0, room);
    room -= cut.length;
    text += format !== undefined && colours ? painted(format, cut) : cut;
  }
  return text;
}

/** True for a terminal that shows colours and whose user has nothing against them (NO_COLOR). */
export function showsColours(stream: NodeJS.WriteStream): boolean {
  // Node before 20.12 has no `styleText`; without colours it is readable as well.
  return stream.isTTY && stream.hasColors() && "styleText" in util;
}

function painted(format: Format, text: string): string {
  // Whether the stream shows colours was asked before.
  return util.styleText(format, text, { validateStream: false });
}
