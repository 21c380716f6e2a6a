/**
 * Proves that plexo talks to its foreign peers: sets up what each needs, plays all cases, and shows
 * the results as a table. They go to .cache/interop-report.json as well. A peer that cannot be had
 * here is left out with its cases; in CI that is a failure.
 *
 * Arguments are words that the names of cases must have, all of them, to be played: `rust surplus`.
 */
import { availableParallelism } from "node:os";
import process from "node:process";
import { MissingPeer, peersArePromised } from "../support/set-up/missing-peer.ts";
import { setUpOriginal } from "../support/set-up/original.ts";
import { setUpPyzmq } from "../support/set-up/pyzmq.ts";
import { casesOf, type InteropCase, nameOf } from "./interop-case.ts";
import { ours } from "./ours.ts";
import type { Peer } from "./peer.ts";
import { type Result, writeReport } from "./report.ts";
import { peerInPython } from "./set-up/in-python.ts";
import { setUpRust } from "./set-up/rust.ts";
import { legendOf, tablesOf } from "./table.ts";

/** One after the other: they may all want to install packages of the system. */
const setUps = {
  original: async () => peerInPython("original", await setUpOriginal()),
  pyzmq: async () => peerInPython("pyzmq", await setUpPyzmq(), "envelopes packed by hand"),
  rust: setUpRust,
};
// Most cases wait for the start of a program, or for a connection.
const casesAtOnceMax = 2 * availableParallelism();

const startedMs = performance.now();
const peers: Peer[] = [ours];
const missing: Result[] = [];
for (const [name, setUp] of Object.entries(setUps)) {
  try {
    peers.push(await setUp());
  } catch (error) {
    if (!(error instanceof MissingPeer)) throw error;
    missing.push({ name, ok: false, detail: error.message });
  }
}
for (const { name, description } of peers) console.log(`${name.padEnd(8)}  ${description}`);
for (const { name, detail } of missing) console.log(`\nleft out: ${name}: ${detail}`);

const words = process.argv.slice(2);
const cases = casesOf(peers).filter((each) => words.every((word) => nameOf(each).includes(word)));
console.log(`\n${cases.length} cases, set up in ${secondsSince(startedMs)} s`);
const results = await playAll(cases);
const outcomes = cases.map((each, index) => ({ case: each, ok: results[index]?.ok ?? false }));
for (const line of [...tablesOf(outcomes), "", ...legendOf(outcomes)]) console.log(line);

const reported = [...results, ...(peersArePromised() ? missing : [])];
writeReport(reported);
const failedCount = reported.filter(({ ok }) => !ok).length;
console.log(`\nA cell has the number of cases that passed. All took ${secondsSince(startedMs)} s.`);
console.log(`${reported.length - failedCount} passed, ${failedCount} failed`);
process.exitCode = failedCount === 0 && reported.length > 0 ? 0 : 1;

/** The results in the order of the cases. A failure is shown when it happens. */
async function playAll(waiting: readonly InteropCase[]): Promise<readonly Result[]> {
  const ended: Result[] = [];
  const queue = waiting.entries();
  const player = async (): Promise<void> => {
    for (const [index, each] of queue) {
      const name = nameOf(each);
      const detail = await problemOf(each);
      if (detail !== "") console.log(`failed: ${name}: ${detail}`);
      ended[index] = { name, ok: detail === "", detail };
    }
  };
  await Promise.all(Array.from({ length: casesAtOnceMax }, player));
  return ended;
}

/** Empty when all is well. */
async function problemOf({ setting, plot }: InteropCase): Promise<string> {
  try {
    await plot.play(setting);
    return "";
  } catch (error) {
    // Whatever it is, it is this case's failure, and the next one is played.
    return error instanceof Error ? error.message : String(error);
  }
}

function secondsSince(sinceMs: number): string {
  return ((performance.now() - sinceMs) / 1000).toFixed(1);
}
