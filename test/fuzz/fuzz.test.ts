/** A short run, always the same: the corpus, and what is made from it by chance from a fixed seed. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Random } from "../../src/testing/random.ts";
import { readCorpus } from "./corpus.ts";
import { examine } from "./examine.ts";
import { Mutator } from "./mutator.ts";
import { loadTarget, targetNames } from "./targets.ts";

const inputCount = 3_000;
const { stackTraceLimit } = Error;

beforeAll(() => {
  // Errors are what most inputs come to, and their stacks would take most of the time.
  Error.stackTraceLimit = 0;
});

afterAll(() => {
  Error.stackTraceLimit = stackTraceLimit;
});

describe.each(targetNames)("%s keeps the laws of decoders", (name) => {
  const corpus = readCorpus(name);

  test("whatever is in its corpus", async () => {
    const target = await loadTarget(name);
    expect(corpus).not.toHaveLength(0);
    for (const input of corpus) expect(examine(target, input)).toBeUndefined();
  });

  test(`whatever ${inputCount} inputs made from that are`, async () => {
    const target = await loadTarget(name);
    const mutator = new Mutator(new Random(1), corpus, target.dictionary);
    for (let count = 0; count < inputCount; count++) {
      const input = mutator.next();
      const finding = examine(target, input);
      if (finding === undefined) continue;
      const hex = Buffer.from(input).toString("hex");
      expect.fail(`npm run fuzz -- ${name} --hex ${hex}\n${finding.law}: ${finding.message}`);
    }
  });
});
