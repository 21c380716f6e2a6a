/** Worker: fuzzes one target, in a thread that can be stopped when an input does not end. */
import { parentPort, workerData } from "node:worker_threads";
import { Random } from "../../src/testing/random.ts";
import { readCorpus, writeCorpus } from "./corpus.ts";
import { Coverage } from "./coverage.ts";
import { CurrentInput } from "./current-input.ts";
import { examine } from "./examine.ts";
import { type FailedInput, Fuzzer } from "./fuzzer.ts";
import { minimise } from "./minimise.ts";
import { shrink } from "./shrink.ts";
import type { FuzzTarget, Law } from "./target.ts";
import { loadTarget } from "./targets.ts";

/** What a worker is to do. */
export interface Order {
  readonly targetName: string;
  readonly seed: number;
  /** It ends after so many inputs, or so long, whichever comes first. */
  readonly inputsMax: number;
  readonly secondsMax: number;
  /** Whether the corpus is written anew, with what was found. */
  readonly grows: boolean;
  /** The memory of a `CurrentInput`. */
  readonly current: SharedArrayBuffer;
}

/** What came of it. */
export interface WorkerReport {
  readonly inputCount: number;
  readonly seconds: number;
  readonly blockCount: number;
  /** Where blocks begin that were not reached, by script. */
  readonly unreached: ReadonlyMap<string, readonly number[]>;
  /** How many inputs reached what the corpus does not. */
  readonly newCount: number;
  readonly failure: Failure | undefined;
}

export interface Failure {
  readonly law: Law;
  readonly message: string;
  readonly input: Uint8Array;
}

// "as": what its owner gives it.
const order = workerData as Order;
// Errors are what most inputs come to, and their stacks would take most of the time.
Error.stackTraceLimit = 0;
const sources = new URL("../../src/", import.meta.url).href;
const coverage = new Coverage((url) => url.startsWith(sources));
const target = watched(await loadTarget(order.targetName));
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port has none
parentPort?.postMessage(fuzz());

function fuzz(): WorkerReport {
  const startedMs = performance.now();
  const seconds = (): number => (performance.now() - startedMs) / 1_000;
  const fuzzer = new Fuzzer(target, coverage, new Random(order.seed));
  let failed = fuzzer.give(readCorpus(order.targetName));
  const knownCount = fuzzer.pool.length;
  while (
    failed === undefined &&
    fuzzer.inputCount < order.inputsMax &&
    seconds() < order.secondsMax
  ) {
    failed = fuzzer.next();
  }
  const report = {
    inputCount: fuzzer.inputCount,
    seconds: seconds(),
    blockCount: [...coverage.blocks.values()].reduce((sum, { size }) => sum + size, 0),
    unreached: unreachedBy(fuzzer),
    newCount: fuzzer.pool.length - knownCount,
    failure: failed && shortestFailure(failed),
  };
  if (order.grows && failed === undefined) {
    writeCorpus(order.targetName, minimise(target, coverage, fuzzer.pool));
  }
  return report;
}

/** The target, each input of which its owner can see while it lasts. */
function watched(plain: FuzzTarget): FuzzTarget {
  const current = new CurrentInput(order.current);
  return {
    dictionary: plain.dictionary,
    check(input) {
      current.set(input);
      plain.check(input);
    },
  };
}

function unreachedBy({ reached }: Fuzzer): Map<string, number[]> {
  return new Map(
    [...coverage.blocks].map(([url, blocks]) => [
      url,
      [...blocks].filter((at) => !reached.has(url, at)),
    ]),
  );
}

/** A shorter input that breaks the same law, if there is one. */
function shortestFailure({ input, finding }: FailedInput): Failure {
  const { law } = finding;
  const shortest = shrink(input, (shorter) => examine(target, shorter)?.law === law);
  // Once more, to know where it was thrown.
  Error.stackTraceLimit = 10;
  const again = examine(target, shortest);
  const { message, cause } = again?.law === law ? again : finding;
  const stack = cause instanceof Error ? cause.stack : undefined;
  return { law, message: stack ?? message, input: shortest };
}
