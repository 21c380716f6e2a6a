/**
 * Fuzzer: gives a target inputs without end, each made from others by a few changes. One that
 * reaches what none has reached of the source is kept, to make others from.
 */

import type { Random } from "../../src/testing/random.ts";
import type { Coverage } from "./coverage.ts";
import { examine } from "./examine.ts";
import { Mutator } from "./mutator.ts";
import { Reached } from "./reached.ts";
import type { Finding, FuzzTarget } from "./target.ts";

/** So many share the price of a question for the coverage. */
const batchSize = 256;

export interface FailedInput {
  readonly input: Uint8Array;
  readonly finding: Finding;
}

export class Fuzzer {
  readonly reached = new Reached();
  readonly #target: FuzzTarget;
  readonly #coverage: Coverage;
  readonly #mutator: Mutator;
  readonly #pool: Uint8Array[] = [];
  #inputCount = 0;

  constructor(target: FuzzTarget, coverage: Coverage, random: Random) {
    this.#target = target;
    this.#coverage = coverage;
    this.#mutator = new Mutator(random, this.#pool, target.dictionary);
    this.reached.add(coverage.take());
  }

  get inputCount(): number {
    return this.#inputCount;
  }

  /** The inputs that were kept, oldest first. */
  get pool(): readonly Uint8Array[] {
    return this.#pool;
  }

  /** Gives as many as are worth a question for the coverage. @returns The first that fails. */
  next(): FailedInput | undefined {
    return this.give(Array.from({ length: batchSize }, () => this.#mutator.next()));
  }

  /** Gives these. @returns The first that fails; those after it were not given. */
  give(inputs: readonly Uint8Array[]): FailedInput | undefined {
    for (const input of inputs) {
      this.#inputCount += 1;
      const finding = examine(this.#target, input);
      if (finding !== undefined) return { input, finding };
    }
    if (this.reached.lacks(this.#coverage.take())) this.#sift(inputs);
    return undefined;
  }

  /** Gives each once more, alone, to see which of them it was that reached something new. */
  #sift(inputs: readonly Uint8Array[]): void {
    for (const input of inputs) {
      examine(this.#target, input);
      const run = this.#coverage.take();
      if (!this.reached.lacks(run)) continue;
      this.reached.add(run);
      this.#pool.push(input);
    }
  }
}
