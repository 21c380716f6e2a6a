/** One end of a pair, in a process of its own: `end.js RIVAL JOB`. */
import process from "node:process";
import { counter } from "../wire/counter.ts";
import { report, reportDone } from "../wire/reporting.ts";
import { rivalAndJob } from "../wire/rival-and-job.ts";
import { sendAll } from "../wire/send-all.ts";
import type { Job } from "./job.ts";
import type { PairEnd, PairRival } from "./rival.ts";

const { rival, job } = await rivalAndJob<PairRival, Job>({
  "plexo raw": async () => (await import("./plexo.ts")).plexoRaw,
  "plexo typed JSON": async () => (await import("./plexo.ts")).plexoJson,
  "zeromq PAIR": async () => (await import("./zeromq.ts")).zeromqPair,
  "nats.js": async () => (await import("./nats.ts")).nats,
  "bare node:net": async () => (await import("./bare-net.ts")).bareNet,
});
const messagesInAll = job.warmUp + job.messages;
if (job.role === "listener") await listen();
else await connect();

async function listen(): Promise<void> {
  const { end, port } = await rival.listen(job.port, job.payloadBytes);
  const { onPayload, elapsedNs } = job.scenario === "one way" ? countAll() : echoAll(end);
  await end.receive(onPayload);
  report({ kind: "listening", port });
  await reportDone(await elapsedNs);
  await end.close();
}

async function connect(): Promise<void> {
  const end = await rival.connect(job.port, job.payloadBytes);
  await reportDone(job.scenario === "one way" ? await tellAll(end) : await askAll(end));
  await end.close();
}

/** Called with each message; the time, when the last is there. */
interface Listening {
  readonly onPayload: () => void;
  readonly elapsedNs: Promise<number>;
}

function countAll(): Listening {
  const { count, elapsedNs } = counter(job.warmUp, job.messages);
  return { onPayload: count, elapsedNs };
}

/** Answers each message; measures nothing. */
function echoAll(end: PairEnd): Listening {
  const { count, elapsedNs } = counter(job.warmUp, job.messages);
  const onPayload = (): void => {
    void end.send();
    count();
  };
  return { onPayload, elapsedNs: elapsedNs.then(() => 0) };
}

async function tellAll(end: PairEnd): Promise<number> {
  await sendAll(end, messagesInAll);
  return 0;
}

async function askAll(end: PairEnd): Promise<number> {
  let start = 0n;
  let answered = (): void => {};
  await end.receive(() => answered());
  for (let index = 0; index < messagesInAll; index++) {
    if (index === job.warmUp) start = process.hrtime.bigint();
    const answer = new Promise<void>((resolve) => {
      answered = resolve;
    });
    await end.send();
    await answer;
  }
  return Number(process.hrtime.bigint() - start);
}
