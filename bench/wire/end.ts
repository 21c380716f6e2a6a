/** One end of a wire bench, in a process of its own: `end.js RIVAL SCENARIO ROLE JOB`. */
import { once } from "node:events";
import process from "node:process";
import { bareNet } from "./bare-net.ts";
import type { Job, Report } from "./job.ts";
import { plexoJson, plexoRaw } from "./plexo.ts";
import type { WireEnd, WireRival } from "./rival.ts";
import { zeromqPair } from "./zeromq.ts";

const rivals: Readonly<Record<Job["rival"], WireRival>> = {
  "plexo raw": plexoRaw,
  "plexo typed JSON": plexoJson,
  "zeromq PAIR": zeromqPair,
  "bare node:net": bareNet,
};

/** How many messages are sent between two that are awaited, where not each has to be. */
const unawaited = 64;

// The parent has put a Job there.
const job = JSON.parse(process.argv[2] ?? "") as Job;
const rival = rivals[job.rival];
// A bench that was stopped leaves no end behind.
process.once("disconnect", () => process.exit());
if (job.role === "listener") await listen();
else await connect();

async function listen(): Promise<void> {
  const { end, port } = await rival.listen(job.payloadBytes);
  const finished = job.scenario === "one way" ? countAll(end) : echoAll(end);
  report({ kind: "listening", port });
  await finish(end, await finished);
}

async function connect(): Promise<void> {
  const end = await rival.connect(job.port, job.payloadBytes);
  const elapsedNs = job.scenario === "one way" ? await sendAll(end) : await pingAll(end);
  await finish(end, elapsedNs);
}

/** Closes only when the other end is done too: not every rival sends what is left on close. */
async function finish(end: WireEnd, elapsedNs: number): Promise<void> {
  report({ kind: "done", elapsedNs });
  await once(process, "message");
  await end.close();
  process.disconnect();
}

/** The time from the last message of the warm-up to the last of all. */
function countAll(end: WireEnd): Promise<number> {
  return new Promise((resolve) => {
    let count = 0;
    let start = 0n;
    end.onPayload = () => {
      count += 1;
      if (count === job.warmUp) start = process.hrtime.bigint();
      if (count === job.warmUp + job.messages) resolve(Number(process.hrtime.bigint() - start));
    };
  });
}

async function sendAll(end: WireEnd): Promise<number> {
  for (let index = 0; index < job.warmUp + job.messages; index++) {
    const wait = end.send();
    // Well below the bound of any queue, so that none is ever full without being waited for.
    if (wait !== undefined && (end.awaitsEach || index % unawaited === 0)) await wait;
  }
  return 0;
}

function echoAll(end: WireEnd): Promise<number> {
  return new Promise((resolve) => {
    let count = 0;
    end.onPayload = () => {
      void end.send();
      count += 1;
      if (count === job.warmUp + job.messages) resolve(0);
    };
  });
}

async function pingAll(end: WireEnd): Promise<number> {
  let start = 0n;
  for (let index = 0; index < job.warmUp + job.messages; index++) {
    if (index === job.warmUp) start = process.hrtime.bigint();
    const answer = new Promise<void>((resolve) => {
      end.onPayload = () => resolve();
    });
    await end.send();
    await answer;
  }
  return Number(process.hrtime.bigint() - start);
}

function report(message: Report): void {
  process.send?.(message);
}
