/** LiveScreen: for terminals: one view, drawn in place. */
import { type Line, lineText } from "./line.ts";
import { secondsText } from "./quantity.ts";
import { type News, type Row, type Scene, valuesMax } from "./scene.ts";
import type { Screen } from "./screen.ts";
import { sparkline } from "./sparkline.ts";

/** How much stays in view of what happened: of comings and goings, and of alerts. */
const newsMax = 4;

// Control sequences of ECMA-48; those for the cursor are DEC's, and every terminal's.
const clearToEndOfLine = "\u001b[K";
const clearToEndOfScreen = "\u001b[J";
const hideCursor = "\u001b[?25l";
export const showCursor = "\u001b[?25h";

/** What it needs of a terminal. Its size may change at any time. */
export interface Terminal {
  readonly columns: number;
  readonly rows: number;
  write(text: string): unknown;
}

export class LiveScreen implements Screen {
  readonly #terminal: Terminal;
  readonly #colours: boolean;
  #changes: readonly News[] = [];
  #alerts: readonly News[] = [];
  #drawnLines = 0;

  constructor(terminal: Terminal, options: { readonly colours: boolean }) {
    this.#terminal = terminal;
    this.#colours = options.colours;
  }

  draw(scene: Scene, nowMs: number): void {
    const news = scene.takeNews();
    this.#changes = [...this.#changes, ...news.filter(({ kind }) => kind !== "alert")];
    this.#changes = this.#changes.slice(-newsMax);
    this.#alerts = [...this.#alerts, ...news.filter(({ kind }) => kind === "alert")];
    this.#alerts = this.#alerts.slice(-newsMax);
    this.#replace([
      [{ text: secondsText(scene.afterMs(nowMs)), format: "dim" }],
      ...scene.rows.map(rowLine),
      [],
      ...this.#changes.map(newsLine),
      ...this.#alerts.map(newsLine),
    ]);
  }

  end(): void {
    this.#terminal.write(showCursor);
  }

  /** In one write, and over the old text rather than after clearing it: so nothing flickers. */
  #replace(lines: readonly Line[]): void {
    const { columns, rows } = this.#terminal;
    // The cursor stands below the last line, which has to be in view as well.
    const texts = lines
      .slice(0, rows - 1)
      .map((line) => lineText(line, { colours: this.#colours, columns }));
    const toStart = this.#drawnLines === 0 ? hideCursor : `\u001b[${this.#drawnLines}A\r`;
    const body = texts.map((text) => `${text}${clearToEndOfLine}\n`).join("");
    this.#terminal.write(`${toStart}${body}${clearToEndOfScreen}`);
    this.#drawnLines = texts.length;
  }
}

function rowLine({ about, text, values, top, count, hasLeft }: Row): Line {
  const name = `  ${about.padEnd(12)}`;
  const bars = sparkline(values, top).padEnd(valuesMax);
  const number = `${count}`.padStart(6);
  if (hasLeft) return [{ text: `${name}${bars}${number}  has left`, format: "dim" }];
  return [
    { text: name, format: "bold" },
    { text: bars, format: "cyan" },
    { text: number, format: "dim" },
    `  ${text}`,
  ];
}

function newsLine({ kind, afterMs, text }: News): Line {
  const when: Line = [{ text: secondsText(afterMs), format: "dim" }, "  "];
  if (kind === "alert") return [...when, { text: "alert ", format: "yellow" }, text];
  return [...when, { text, format: "green" }];
}
