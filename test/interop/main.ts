/**
 * Proves that plexo talks to its foreign peers: sets up what each needs, runs the cases with it, and
 * shows every result. They go to .cache/interop-report.json as well. A peer that cannot be had here
 * is left out with its cases; in CI that is a failure.
 */
import process from "node:process";
import type { InteropCase } from "./interop-case.ts";
import { casesWithOriginal } from "./original.ts";
import { type Result, showHead, showResult, writeReport } from "./report.ts";
import { MissingPeer } from "./set-up/missing-peer.ts";
import { setUpOriginal } from "./set-up/original.ts";

interface Peer {
  readonly name: string;
  /**
   * Sets the peer up, and gives its cases.
   * @throws {MissingPeer} (rejects) if it cannot be had here.
   */
  cases(): Promise<readonly InteropCase[]>;
}

const peers: readonly Peer[] = [
  {
    name: "plexo 1.0.0 for Python",
    cases: async () => casesWithOriginal(await setUpOriginal()),
  },
];

const inCi = ![undefined, "", "false"].includes(process.env["CI"]);

const results: Result[] = [];
const leftOut: string[] = [];
for (const peer of peers) {
  try {
    await runAll(await peer.cases());
  } catch (error) {
    if (!(error instanceof MissingPeer)) throw error;
    leftOut.push(`${peer.name}: ${error.message}`);
    if (inCi) results.push({ name: peer.name, ok: false, detail: error.message });
  }
}

writeReport(results);
const failedCount = results.filter(({ ok }) => !ok).length;
for (const peer of leftOut) console.log(`\nleft out: ${peer}`);
console.log(`\n${results.length - failedCount} passed, ${failedCount} failed`);
process.exitCode = failedCount === 0 ? 0 : 1;

async function runAll(cases: readonly InteropCase[]): Promise<void> {
  showHead(cases);
  for (const each of cases) {
    const startedMs = performance.now();
    const detail = await problemOf(each);
    const ok = detail === "";
    const { peer, transport, role, codec, direction, what } = each;
    results.push({
      name: [peer, transport, role, codec, direction, what].join(", "),
      ok,
      detail,
    });
    const ms = Math.round(performance.now() - startedMs);
    showResult(cases, each, ok ? `passed, ${ms} ms` : `failed: ${detail}`);
  }
}

/** Empty when all is well. */
async function problemOf(each: InteropCase): Promise<string> {
  try {
    await each.run();
    return "";
  } catch (error) {
    // Whatever it is, it is this case's failure, and the next one runs.
    return error instanceof Error ? error.message : String(error);
  }
}
