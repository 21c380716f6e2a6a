/**
 * Coverage: which blocks of the decoders' source have run, as V8 counts them.
 *
 * A question takes some 0.2 ms, tens of times what an input takes: ask once for many of them.
 */
import { type Profiler, Session } from "node:inspector";

/** What ran between two questions: by script, a byte for each character of its source, 1 if it ran. */
export type Run = ReadonlyMap<string, Uint8Array>;

export class Coverage {
  readonly #session = new Session();
  readonly #isCounted: (url: string) => boolean;
  readonly #scripts = new Map<string, Script>();

  /**
   * Counts what runs from now on, in scripts that are loaded from now on.
   * @param isCounted Whether a script is of interest.
   */
  constructor(isCounted: (url: string) => boolean) {
    this.#isCounted = isCounted;
    this.#session.connect();
    this.#session.post("Profiler.enable");
    this.#session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
  }

  /** What has run since the last call. */
  take(): Run {
    const run = new Map<string, Uint8Array>();
    // Calls back before it returns.
    this.#session.post("Profiler.takePreciseCoverage", (error, answer) => {
      if (error !== null) throw error;
      for (const { url, functions } of answer.result) {
        if (this.#isCounted(url)) run.set(url, this.#paint(url, functions));
      }
    });
    return run;
  }

  /** Where blocks begin, by script. V8 tells those of a function once it has run. */
  get blocks(): ReadonlyMap<string, ReadonlySet<number>> {
    return new Map([...this.#scripts].map(([url, { blocks }]) => [url, blocks]));
  }

  close(): void {
    this.#session.disconnect();
  }

  /**
   * Ranges come before those inside of them. One that ran as often as what it is in is not told, so
   * that only all of them together say what ran.
   */
  #paint(url: string, functions: readonly Profiler.FunctionCoverage[]): Uint8Array {
    const ranges = functions.flatMap((each) => each.ranges);
    const script = this.#scripts.get(url) ?? scriptOf(ranges);
    this.#scripts.set(url, script);
    const painted = new Uint8Array(script.characterCount);
    for (const { startOffset, endOffset, count } of ranges) {
      script.blocks.add(startOffset);
      painted.fill(count > 0 ? 1 : 0, startOffset, endOffset);
    }
    return painted;
  }
}

interface Script {
  readonly characterCount: number;
  readonly blocks: Set<number>;
}

/** @param ranges The first that V8 tells of a script are of all of it. */
function scriptOf(ranges: readonly Profiler.CoverageRange[]): Script {
  const characterCount = Math.max(...ranges.map(({ endOffset }) => endOffset));
  return { characterCount, blocks: new Set() };
}
