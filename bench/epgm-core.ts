/**
 * The core of EPGM without sockets: messages from a source to a receiver in one process, and what
 * each costs. `node build/bench/epgm-core.js [--seconds=1] [--loss=0.01] [--size=64]`
 */
import process from "node:process";
import { parseArgs } from "node:util";
// The core without its sockets has no public entry point, and what it costs alone is the question.
/* oxlint-disable no-restricted-imports */
import { EpgmReceiver } from "../src/protocol/epgm/receiver.ts";
import { EpgmSource } from "../src/protocol/epgm/source.ts";
import { makeGsi } from "../src/protocol/epgm/tsi.ts";
import { WindowPool } from "../src/protocol/epgm/window-pool.ts";

/* oxlint-enable no-restricted-imports */

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "1" },
    loss: { type: "string", default: "0" },
    size: { type: "string" },
  },
});

const port = 5560;
const address = Uint8Array.of(10, 0, 0, 1);
const group = Uint8Array.of(239, 255, 0, 1);
const topic = Buffer.from("org.example.Reading.json");
const lossShare = Number(values.loss);

/** Virtual time goes by as if all went at this rate, so that repairs take as long as they would. */
const bytesPerMs = 125_000;

interface Result {
  readonly messages: number;
  readonly packets: number;
  readonly cpuMs: number;
}

function measure(byteCount: number, seconds: number): Result {
  const source = new EpgmSource(
    {
      tsi: { gsi: makeGsi(1), port: 4_321 },
      port,
      nla: address,
      group,
      bitsPerSecond: 1e12,
      payloadBytesMax: 1_428,
      queueBytesMax: 2 ** 24,
      pool: new WindowPool(2 ** 26),
      window: { bytesMax: 2 ** 26, packetsMax: 2 ** 20, ageMsMax: 10_000 },
      graceMs: 0,
    },
    0,
  );
  const receiver = new EpgmReceiver({
    port,
    group,
    random: Math.random,
    ownGsi: undefined,
    limits: {
      packetsMax: 65_536,
      bytesMax: 2 ** 26,
      heldBytesMax: 2 ** 26,
      messageBytesMax: 2 ** 24,
      partsMax: 1_024,
      sourcesMax: 16,
    },
  });
  let messages = 0;
  let packets = 0;
  let nowMs = 0;
  let random = 1;
  const isLost = (): boolean => {
    random = (Math.imul(random, 1_664_525) + 1_013_904_223) >>> 0;
    return random < lossShare * 2 ** 32;
  };
  /** Brings across what both sides put out, until neither has more. */
  const settle = (): void => {
    for (let isBusy = true; isBusy; ) {
      isBusy = false;
      for (const output of source.drain()) {
        if (output.kind !== "send") continue;
        packets += 1;
        if (!isLost()) receiver.receive({ bytes: output.bytes, from: address }, nowMs);
      }
      for (const output of receiver.drain()) {
        isBusy = true;
        if (output.kind === "message") messages += 1;
        if (output.kind === "send") source.receive({ bytes: output.bytes, from: address }, nowMs);
      }
      if ((source.deadlineMs ?? nowMs + 1) <= nowMs) source.wake(nowMs);
      if ((receiver.deadlineMs ?? nowMs + 1) <= nowMs) receiver.wake(nowMs);
    }
  };
  source.start(nowMs);
  settle();
  // Messages of one tick are queued before one flush, as in an event loop.
  const perTick = Math.max(1, Math.min(16, Math.floor(16_000 / byteCount)));
  const body = new Uint8Array(byteCount);
  const before = process.cpuUsage();
  const end = performance.now() + seconds * 1_000;
  while (performance.now() < end) {
    for (let tick = 0; tick < 16; tick += 1) {
      for (let count = 0; count < perTick; count += 1) source.send([topic, body]);
      nowMs += (perTick * (byteCount + 100)) / bytesPerMs;
      source.flush(nowMs);
      settle();
    }
  }
  // What is still missing comes in the next second.
  for (let step = 0; step < 1_000 && receiver.heldBytes > 0; step += 1) {
    nowMs += 1;
    settle();
  }
  const { user, system } = process.cpuUsage(before);
  return { messages, packets, cpuMs: (user + system) / 1_000 };
}

const sizes = values.size === undefined ? [64, 1_000, 64_000] : [Number(values.size)];
for (const byteCount of sizes) {
  measure(byteCount, 0.3);
  const { messages, packets, cpuMs } = measure(byteCount, Number(values.seconds));
  const perSecond = (count: number): string =>
    Math.round((count / cpuMs) * 1_000).toLocaleString("en");
  console.log(
    `${byteCount} bytes: ${perSecond(messages)} messages/s, ${perSecond(packets)} packets/s, ` +
      `${((cpuMs * 1_000) / messages).toFixed(2)} µs a message`,
  );
}
