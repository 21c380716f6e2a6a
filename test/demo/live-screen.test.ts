import { expect, test } from "vitest";
import { LiveScreen } from "../../demo/view/live-screen.ts";
import { Scene } from "../../demo/view/scene.ts";

const escape = "\u001b[";
const stamp = { sender: "load-1", number: 1, at: "2020-01-01T00:00:00.000Z" };
const sight = { about: "load", text: "12 % of 2 cores", value: 0.5, top: 1 };

/** As much of a terminal as a view needs that is drawn in place. Longer lines than it has wrap. */
class ToyTerminal {
  readonly columns: number;
  readonly rows: number;
  readonly lines: string[] = [""];
  cursorShows = true;
  #row = 0;
  #column = 0;

  constructor(columns: number, rows: number) {
    this.columns = columns;
    this.rows = rows;
  }

  write(text: string): void {
    const [first = "", ...rest] = text.split(escape);
    this.#print(first);
    for (const part of rest) {
      const end = part.search(/[A-Za-z]/u) + 1;
      this.#control(part.slice(0, end));
      this.#print(part.slice(end));
    }
  }

  #control(sequence: string): void {
    if (sequence === "?25l") this.cursorShows = false;
    else if (sequence === "?25h") this.cursorShows = true;
    else if (sequence === "K") this.#setLine(this.#line.slice(0, this.#column));
    else if (sequence === "J") {
      this.#setLine(this.#line.slice(0, this.#column));
      this.lines.length = this.#row + 1;
    } else if (sequence.endsWith("A")) {
      // A terminal scrolls: what has left it at the top cannot be reached.
      const top = Math.max(0, this.lines.length - this.rows);
      this.#row = Math.max(top, this.#row - Number(sequence.slice(0, -1)));
    } else if (!sequence.endsWith("m")) {
      throw new Error(`this terminal does not know ${sequence}`);
    }
  }

  #print(text: string): void {
    for (const character of text) {
      if (character === "\r") this.#column = 0;
      else if (character === "\n") this.#down();
      else {
        if (this.#column === this.columns) this.#down();
        const [before, after] = [this.#line.slice(0, this.#column), this.#line.slice(this.#column)];
        this.#setLine(before + character + after.slice(1));
        this.#column += 1;
      }
    }
  }

  #down(): void {
    this.#row += 1;
    this.#column = 0;
    if (this.#row === this.lines.length) this.lines.push("");
  }

  get #line(): string {
    return this.lines[this.#row] ?? "";
  }

  #setLine(text: string): void {
    this.lines[this.#row] = text;
  }
}

test("a view takes the place of the one before, below what was there", () => {
  const terminal = new ToyTerminal(80, 24);
  terminal.write("heading\n");
  const screen = new LiveScreen(terminal, { colours: false });
  const scene = new Scene(0);
  scene.reading(sight, stamp, 0);
  screen.draw(scene, 1_000);
  scene.reading({ ...sight, text: "7 %" }, { ...stamp, number: 2 }, 1_100);
  screen.draw(scene, 1_200);
  expect(terminal.lines).toEqual([
    "heading",
    "   1.2 s",
    "  load        ▅▅                       2  7 %",
    "",
    "   0.0 s  load-1 has joined",
    "",
  ]);
});

test("a view that has become shorter leaves nothing of the longer one", () => {
  const terminal = new ToyTerminal(80, 24);
  const screen = new LiveScreen(terminal, { colours: false });
  const long = new Scene(0);
  long.reading(sight, stamp, 0);
  long.reading({ ...sight, about: "memory" }, { ...stamp, sender: "memory-2" }, 0);
  screen.draw(long, 0);
  screen.draw(new Scene(0), 0);
  expect(terminal.lines.filter((line) => line.includes("memory  "))).toEqual([]);
});

test("no line wraps, and the view fits the terminal, however small", () => {
  const terminal = new ToyTerminal(12, 4);
  const screen = new LiveScreen(terminal, { colours: true });
  const scene = new Scene(0);
  for (let number = 1; number <= 5; number += 1) {
    scene.reading(sight, { ...stamp, number }, 0);
    screen.draw(scene, 0);
  }
  expect(terminal.lines).toHaveLength(4);
});

test("the last few things that happened stay in view, alerts apart from the rest", () => {
  const terminal = new ToyTerminal(80, 24);
  const screen = new LiveScreen(terminal, { colours: false });
  const scene = new Scene(0);
  scene.reading(sight, stamp, 0);
  for (let value = 1; value <= 6; value += 1) {
    const cause = { sender: "load-1", number: value };
    scene.alert({ ...stamp, about: "network", rule: "change", value, reference: 0, cause }, 0);
  }
  screen.draw(scene, 0);
  expect(terminal.lines.filter((line) => line.includes("alert"))).toEqual(
    [3, 4, 5, 6].map((value) => `   0.0 s  alert network ${value} B/s, lately 0 B/s`),
  );
  expect(terminal.lines).toContain("   0.0 s  load-1 has joined");
});

test("the cursor is hidden while the view is drawn, and back at its end", () => {
  const terminal = new ToyTerminal(80, 24);
  const screen = new LiveScreen(terminal, { colours: false });
  screen.draw(new Scene(0), 0);
  expect(terminal.cursorShows).toBe(false);
  screen.end();
  expect(terminal.cursorShows).toBe(true);
});
