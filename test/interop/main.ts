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
import { epgmCasesOf } from "./epgm/cases.ts";
import { setUpEpgmTools } from "./epgm/tools.ts";
import { casesOf, nameOf } from "./interop-case.ts";
import { ours } from "./ours.ts";
import type { Peer } from "./peer.ts";
import type { Playable } from "./playable.ts";
import { type Result, writeReport } from "./report.ts";
import { type InteropScene, nameOf as nameOfScene } from "./scenes/scene.ts";
import { scenesOf } from "./scenes/scenes.ts";
import { Stage } from "./scenes/stage.ts";
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
// These send as fast as they may, and time is what they are about.
const epgmCasesAtOnceMax = 2;

interface Played extends Result {
  readonly measured?: string | undefined;
}

const startedMs = performance.now();
const peers: Peer[] = [ours];
const missing: Result[] = [];
for (const [name, setUp] of Object.entries(setUps)) {
  const peer = await unlessMissing(name, setUp);
  if (peer !== undefined) peers.push(peer);
}
const epgmTools = await unlessMissing("epgm", setUpEpgmTools);
for (const { name, description } of peers) console.log(`${name.padEnd(8)}  ${description}`);
if (epgmTools !== undefined) console.log(`epgm      ${epgmTools.description}`);
for (const { name, detail } of missing) console.log(`\nleft out: ${name}: ${detail}`);

const words = process.argv.slice(2);
const isWanted = (name: string): boolean => words.every((word) => name.includes(word));
const cases = casesOf(peers).filter((each) => isWanted(nameOf(each)));
const scenes = scenesOf(peers).filter((each) => isWanted(nameOfScene(each)));
const epgmCases =
  epgmTools === undefined ? [] : epgmCasesOf(epgmTools).filter(({ name }) => isWanted(name));
console.log(
  `\n${cases.length} cases, ${scenes.length} scenes and ${epgmCases.length} cases of EPGM, ` +
    `set up in ${secondsSince(startedMs)} s`,
);
const results = await playAll(
  [
    ...cases.map((each) => ({ name: nameOf(each), play: () => each.plot.play(each.setting) })),
    ...scenes.map((each) => ({ name: nameOfScene(each), play: () => playScene(each, peers) })),
  ],
  casesAtOnceMax,
);
const epgmResults = await playAll(epgmCases, epgmCasesAtOnceMax);
const outcomes = cases.map((each, index) => ({ case: each, ok: results[index]?.ok ?? false }));
for (const line of [...tablesOf(outcomes), "", ...legendOf(outcomes)]) console.log(line);
list("scenes", results.slice(cases.length));
list("EPGM", epgmResults);

const reported = [...results, ...epgmResults, ...(peersArePromised() ? missing : [])];
writeReport(reported);
const failedCount = reported.filter(({ ok }) => !ok).length;
console.log(`\nA cell has the number of cases that passed. All took ${secondsSince(startedMs)} s.`);
console.log(`${reported.length - failedCount} passed, ${failedCount} failed`);
process.exitCode = failedCount === 0 && reported.length > 0 ? 0 : 1;

/** What `setUp` gives; undefined if it is missing, which is noted. */
async function unlessMissing<Found>(
  name: string,
  setUp: () => Promise<Found>,
): Promise<Found | undefined> {
  try {
    return await setUp();
  } catch (error) {
    if (!(error instanceof MissingPeer)) throw error;
    missing.push({ name, ok: false, detail: error.message });
    return undefined;
  }
}

function list(title: string, played: readonly Played[]): void {
  if (played.length > 0) console.log(`\n${title}:`);
  for (const { name, ok, measured } of played) {
    const remark = measured === undefined ? "" : ` (${measured})`;
    console.log(`${ok ? "passed" : "FAILED"}  ${name}${remark}`);
  }
}

/** The results in the order of what is played. A failure is shown when it happens. */
async function playAll(
  waiting: readonly Playable[],
  atOnceMax: number,
): Promise<readonly Played[]> {
  const ended: Played[] = [];
  const queue = waiting.entries();
  const player = async (): Promise<void> => {
    for (const [index, each] of queue) {
      const played = await playOne(each);
      if (!played.ok) console.log(`failed: ${played.name}: ${played.detail}`);
      ended[index] = played;
    }
  };
  await Promise.all(Array.from({ length: atOnceMax }, player));
  return ended;
}

async function playOne(playable: Playable): Promise<Played> {
  const { name } = playable;
  try {
    return { name, ok: true, detail: "", measured: (await playable.play()) ?? undefined };
  } catch (error) {
    // Whatever it is, it is this one's failure, and the next one is played.
    return { name, ok: false, detail: error instanceof Error ? error.message : String(error) };
  }
}

async function playScene(scene: InteropScene, available: readonly Peer[]): Promise<string | void> {
  await using stage = new Stage(available);
  return await scene.play(stage);
}

function secondsSince(sinceMs: number): string {
  return ((performance.now() - sinceMs) / 1000).toFixed(1);
}
