/** The publisher, or all subscribers, in a process of its own: `end.js RIVAL JOB`. */
import { setTimeout as sleep } from "node:timers/promises";
import { counter } from "../wire/counter.ts";
import { report, reportDone, toldToBegin } from "../wire/reporting.ts";
import { rivalAndJob } from "../wire/rival-and-job.ts";
import { sendAll } from "../wire/send-all.ts";
import type { Job } from "./job.ts";
import type { Publisher, PubSubRival, Subscriber } from "./rival.ts";

const probeBytes = 1;
const probeEveryMs = 5;
/** A prime, so that every type has its turn. */
const stride = 7_919;

const { rival, job } = await rivalAndJob<PubSubRival, Job>({
  "plexo raw": async () => (await import("./plexo.ts")).plexoPubSub,
  "zeromq PUB/SUB": async () => (await import("./zeromq.ts")).zeromqPubSub,
  "nats.js": async () => (await import("./nats.ts")).natsPubSub,
  "bare node:net": async () => (await import("./bare-net.ts")).bareFanOut,
});
const topics = Array.from(
  { length: job.types },
  (_, index) => `dev.plexo.bench.Type${index}.bytes`,
);
if (job.role === "publisher") await publish();
else await subscribe();

async function publish(): Promise<void> {
  const { publisher, port } = await rival.publisher(job.port, topics);
  report({ kind: "listening", port });
  await probe(publisher);
  const payload = new Uint8Array(job.payloadBytes);
  const send = (index: number): undefined | Promise<void> =>
    publisher.publish((index * stride) % job.types, payload);
  await sendAll({ awaitsEach: publisher.awaitsEach, send }, job.warmUp + job.messages);
  await reportDone(0);
  await publisher.close();
}

/** Sends a probe every few milliseconds until this end is told to begin. */
async function probe(publisher: Publisher): Promise<void> {
  const beginning = toldToBegin.then(() => true);
  const payload = new Uint8Array(probeBytes);
  do await publisher.publish(job.types - 1, payload);
  while (!(await Promise.race([beginning, sleep(probeEveryMs, false)])));
}

async function subscribe(): Promise<void> {
  const { count, elapsedNs } = counter(
    job.warmUp * job.subscribers,
    job.messages * job.subscribers,
  );
  const subscribers = await Promise.all(
    Array.from({ length: job.subscribers }, () => openSubscriber(count)),
  );
  report({ kind: "subscribed" });
  await reportDone(await elapsedNs);
  await Promise.all(subscribers.map((subscriber) => subscriber.close()));
}

/** Resolves when a probe has come through. */
async function openSubscriber(count: () => void): Promise<Subscriber> {
  let probed = (): void => {};
  const probing = new Promise<void>((resolve) => {
    probed = resolve;
  });
  const subscriber = await rival.subscriber(job.port, topics, (payload) => {
    if (payload.length === probeBytes) probed();
    else count();
  });
  await probing;
  return subscriber;
}
