/** Reached: what of the source some inputs have run, all together. */
import type { Run } from "./coverage.ts";

export class Reached {
  readonly #characters = new Map<string, Uint8Array>();

  add(run: Run): void {
    for (const [url, ran] of run) {
      const before = this.#characters.get(url) ?? new Uint8Array(ran.length);
      this.#characters.set(
        url,
        before.map((one, at) => one | (ran[at] ?? 0)),
      );
    }
  }

  /** Whether `run` has anything that is neither here nor in `other`. */
  lacks(run: Run, other: Run = nothing): boolean {
    for (const [url, ran] of run) {
      const here = this.#characters.get(url);
      const there = other.get(url);
      for (let at = 0; at < ran.length; at++) {
        if (ran[at] === 1 && here?.[at] !== 1 && there?.[at] !== 1) return true;
      }
    }
    return false;
  }

  has(url: string, at: number): boolean {
    return this.#characters.get(url)?.[at] === 1;
  }
}

const nothing: Run = new Map();
