/** PlainScreen: for pipes, files and CI: a line for all that happens, and now and then the readings. */
import { secondsText } from "./quantity.ts";
import type { Scene } from "./scene.ts";
import type { Screen } from "./screen.ts";

const readingsIntervalMs = 2_000;

export class PlainScreen implements Screen {
  readonly #print: (line: string) => void;
  #nextReadingsMs = readingsIntervalMs;

  /** @param print Takes each line, without its end. */
  constructor(print: (line: string) => void) {
    this.#print = print;
  }

  draw(scene: Scene, nowMs: number): void {
    for (const { kind, afterMs, text } of scene.takeNews()) {
      this.#print(`${secondsText(afterMs)}  ${kind === "alert" ? "alert: " : ""}${text}`);
    }
    const afterMs = scene.afterMs(nowMs);
    if (afterMs < this.#nextReadingsMs) return;
    this.#nextReadingsMs = afterMs + readingsIntervalMs;
    for (const { about, text, hasLeft } of scene.rows) {
      if (!hasLeft) this.#print(`${secondsText(afterMs)}  ${about}: ${text}`);
    }
  }

  end(): void {}
}
