/** The one seat of a bound pair, with libzmq as it is in npm's `zeromq` on it, or wanting it. */
import { spawn } from "node:child_process";
import process from "node:process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Pair } from "zeromq";
import { stringCodec } from "../../src/codec/string.ts";
import { PairGanglion } from "../../src/ganglion/pair.ts";
import { Namespace } from "../../src/namespace.ts";
import { Neuron } from "../../src/neuron.ts";
import { until } from "../../src/testing/until.ts";
import { first, type IncidentLog, incidentsOf } from "../support/pairs.ts";
import { Mailbox } from "./mailbox.ts";
import { bytesOf, goldenFrame } from "./recorder.ts";

const Text = new Neuron("str", new Namespace("dev.plexo.test"), stringCodec);
// Without the head of its frame, which libzmq writes itself.
const messageHex = goldenFrame("zmtp/PAIR/message-to-pyplexo").slice(4);
const messageText = "from-raw-tcp";

let opened: (() => unknown)[];
let bound: PairGanglion;
let incidents: IncidentLog;

beforeEach(async () => {
  opened = [];
  bound = new PairGanglion({ bind: { host: "127.0.0.1", port: 0 }, lingerMs: 0 });
  opened.push(() => bound.close());
  incidents = incidentsOf(bound);
  await bound.opened;
});

afterEach(async () => {
  for (const close of opened.reverse()) await close();
});

function endpoint(): string {
  return `tcp://127.0.0.1:${bound.address.port}`;
}

function libzmqPair(options: ConstructorParameters<typeof Pair>[0] = {}): Pair {
  const pair = new Pair({ linger: 0, reconnectInterval: 20, ...options });
  opened.push(() => pair.close());
  pair.connect(endpoint());
  return pair;
}

async function surplusPair(): Promise<PairGanglion> {
  const pair = new PairGanglion({ connect: bound.address, retryMinMs: 5, retryMaxMs: 10 });
  opened.push(() => pair.close());
  pair.on("incident", () => {});
  await pair.opened;
  return pair;
}

/** The names of what befalls a socket's connections. */
function eventsOf(pair: Pair): Set<string> {
  const names = new Set<string>();
  const watch = async (): Promise<void> => {
    for await (const { type } of pair.events) names.add(type);
  };
  void watch();
  return names;
}

test("a surplus libzmq PAIR shakes no hands, loses nothing, and gets in when the first has left", async () => {
  const before = libzmqPair();
  await bound.ready(Text);
  const surplus = libzmqPair();
  const events = eventsOf(surplus);
  await surplus.send(bytesOf(messageHex));
  await incidents.next("peer-refused", 3);
  await until("it knows that it was not let in", () => events.has("handshake:error:other"));
  expect([...events]).not.toContain("handshake");
  const arrives = first(bound, Text);
  before.close();
  expect(await arrives).toBe(messageText);
  await until("it knows that it was let in", () => events.has("handshake"));
  expect(bound.stats()).toMatchObject({ received: 1, dropped: {} });
});

test("one that answers keeps the seat", async () => {
  const pair = libzmqPair();
  await bound.ready(Text);
  await surplusPair();
  await incidents.next("peer-refused", 3);
  await bound.transmit(Text, "still here");
  const [received] = await pair.receive();
  expect(received?.toString("latin1")).toContain("still here");
  expect(incidents.of("connection-lost")).toEqual([]);
});

test("one that is too slow to receive, and so does not answer, keeps it as long as it sends", async () => {
  const pair = libzmqPair({ receiveHighWaterMark: 1 });
  await bound.ready(Text);
  const long = "x".repeat(100_000);
  // Until nothing more goes: libzmq has stopped reading, and PINGs wait behind the rest.
  while (await isTaken(bound.transmit(Text, long, { timeoutMs: 50 })));
  let arrived = 0;
  bound.react(Text, () => {
    arrived += 1;
    void pair.send(bytesOf(messageHex));
  });
  await pair.send(bytesOf(messageHex));
  await surplusPair();
  await incidents.next("peer-refused");
  expect(arrived).toBeGreaterThan(1);
  expect(incidents.of("connection-lost")).toEqual([]);
});

test("one whose process is stopped loses the seat after a second", async () => {
  const program = fileURLToPath(new URL("libzmq-sitter.js", import.meta.url));
  const child = spawn(process.execPath, [program, endpoint(), messageHex]);
  opened.push(() => child.kill("SIGKILL"));
  expect(await first(bound, Text)).toBe(messageText);
  child.kill("SIGSTOP");
  const newcomer = await surplusPair();
  await newcomer.ready(Text);
  expect((await incidents.next("connection-lost")).message).toContain("replaced by a newcomer");
  const refusalCount = incidents.of("peer-refused").length;
  // Awake again it is the surplus one, and it waits for its turn.
  child.kill("SIGCONT");
  await incidents.next("peer-refused", refusalCount + 1);
  const lines = new Mailbox<string>();
  createInterface(child.stdout).on("line", (line) => lines.put(line));
  await newcomer.close();
  await bound.ready(Text);
  await bound.transmit(Text, "welcome back");
  expect(Buffer.from(await lines.take(), "hex").toString("latin1")).toContain("welcome back");
});

async function isTaken(transmitted: Promise<void>): Promise<boolean> {
  return transmitted.then(
    () => true,
    () => false,
  );
}
