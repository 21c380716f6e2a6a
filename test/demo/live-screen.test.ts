import { expect, test } from "vitest";
import { LiveScreen } from "../../demo/view/live-screen.ts";
import { Scene } from "../../demo/view/scene.ts";

/** As much of a terminal as a view needs that is drawn in place. */
class ToyTerminal {
  readonly columns: number;
  readonly rows: number;
  cursorIsVisible = true;
  lines: string[] = [""];
  #row = 0;
  #column = 0;

  constructor({ columns, rows }: { readonly columns: number; readonly rows: number }) {
    this.columns = columns;
    this.rows = rows;
  }

  write(text: string): void {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control sequences are meant.
    for (const [token] of text.matchAll(/\u001b\[\??\d*[A-Za-z]|[\s\S]/gu)) this.#take(token);
  }

  #take(token: string): void {
    const up = /^\u001b\[(\d+)A$/u.exec(token)?.[1];
    if (up !== undefined) this.#row = Math.max(0, this.#row - Number(up));
    else if (token === "\u001b[K") this.#set(this.#line.slice(0, this.#column));
    else if (token === "\u001b[J") this.#clearBelow();
    else if (token === "\u001b[?25l") this.cursorIsVisible = false;
    else if (token === "\u001b[?25h") this.cursorIsVisible = true;
    else if (token === "\r") this.#column = 0;
    else if (token === "\n") this.#newLine();
    else this.#set(`${this.#line.slice(0, this.#column)}${token}${this.#line.slice(++this.#column)}`);
  }
}
