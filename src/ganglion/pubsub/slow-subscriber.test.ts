/** A subscriber that does not read, and one that does. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { BareSubscriber } from "../../../test/support/bare-subscriber.ts";
import { outcomeOf } from "../../../test/support/notebook.ts";
import { incidentsOf } from "../../../test/support/pairs.ts";
import { PubSubNodes } from "../../../test/support/pubsub-nodes.ts";
import { Ends } from "../../../test/zmtp/ends.ts";
import { bytesCodec } from "../../codec/bytes.ts";
import { Namespace } from "../../namespace.ts";
import { Neuron } from "../../neuron.ts";
import type { QueuePolicy } from "../../queue.ts";
import { turn, until } from "../../testing/until.ts";
import type { PubSubGanglion } from "../pubsub.ts";

const Blob = new Neuron("Blob", new Namespace("dev.plexo.test"), bytesCodec);
const limit = 10;
const payload = new Uint8Array(200_000);

let nodes: PubSubNodes;
let ends: Ends;

beforeEach(() => {
  nodes = new PubSubNodes();
  ends = new Ends();
});

afterEach(async () => {
  ends.close();
  await nodes.close();
});

/** A publisher whose slow subscriber has a full queue, and what the other one gets from now on. */
async function withSlow(policy?: QueuePolicy): Promise<{
  readonly publisher: PubSubGanglion;
  readonly slow: BareSubscriber;
  readonly got: readonly number[];
}> {
  const queue = policy === undefined ? { limit } : { limit, policy };
  const publisher = await nodes.publisher({ queue, lingerMs: 0 });
  const slow = await BareSubscriber.of(publisher, ends);
  slow.subscribe(Blob.name);
  await publisher.ready(Blob);
  slow.pause();
  const got: number[] = [];
  const prompt = await nodes.listener([publisher]);
  await prompt.react(Blob, (value) => void got.push(value[0] ?? 0)).ready;
  while (publisher.stats().queueDepth < limit) {
    await publisher.transmit(Blob, payload);
    // The system takes some of it, but in the end no more.
    for (let count = 0; count < 10; count++) await turn();
  }
  await until("the other one has all", () => got.length === publisher.stats().sent / 2);
  got.length = 0;
  return { publisher, slow, got };
}

function numbered(number: number): Uint8Array {
  return payload.with(0, number);
}

/** The next numbers that it gets, once it reads. */
async function numbersAt(slow: BareSubscriber, count: number): Promise<number[]> {
  slow.resume();
  const numbers: number[] = [];
  while (numbers.length < count) {
    const number = (await slow.nextMessage())[1]?.charCodeAt(0) ?? 0;
    if (number > 0) numbers.push(number);
  }
  return numbers;
}

describe("a slow subscriber", () => {
  test("loses the newest by default, each counted and told, and nobody else waits", async () => {
    const { publisher, slow, got } = await withSlow();
    const incidents = incidentsOf(publisher);
    for (const number of [1, 2, 3]) await publisher.transmit(Blob, numbered(number));
    await until("the other one has them", () => got.length === 3);
    expect(publisher.stats().dropped).toEqual({ "queue-full": 3 });
    expect(publisher.stats().topics[Blob.name]?.dropped).toEqual({ "queue-full": 3 });
    const told = incidents.of("dropped").map(({ reason, topic }) => `${reason} ${topic}`);
    expect(told).toEqual(Array(3).fill(`queue-full ${Blob.name}`));
    slow.resume();
    await until("it has caught up", () => publisher.stats().queueDepth === 0);
    await publisher.transmit(Blob, numbered(4));
    expect(await numbersAt(slow, 1)).toEqual([4]);
    await until("the other one has it too", () => got.length === 4);
    expect(got).toEqual([1, 2, 3, 4]);
  });

  test("loses the oldest by drop-oldest", async () => {
    const { publisher, slow, got } = await withSlow("drop-oldest");
    const incidents = incidentsOf(publisher);
    const numbers = Array.from({ length: limit }, (_, index) => index + 1);
    for (const number of numbers) await publisher.transmit(Blob, numbered(number));
    await until("the other one has them", () => got.length === limit);
    expect(publisher.stats().dropped).toEqual({ "queue-full": limit });
    expect(incidents.of("dropped")).toHaveLength(limit);
    expect([await numbersAt(slow, limit), got]).toEqual([numbers, numbers]);
  });

  test("refuses by error: the sender is told, and the others get the message", async () => {
    const { publisher, got } = await withSlow("error");
    const incidents = incidentsOf(publisher);
    await expect(publisher.transmit(Blob, numbered(1))).rejects.toThrow(
      /^the send queue to the subscriber at 127\.0\.0\.1:\d+ is full at 10 messages/,
    );
    await until("the other one has it", () => got.length === 1);
    expect(publisher.stats().dropped).toEqual({ "queue-full": 1 });
    expect(incidents.of("dropped")).toHaveLength(1);
  });

  test("makes the sender wait by block, while the others have the message at once", async () => {
    const { publisher, slow, got } = await withSlow("block");
    const transmitted = publisher.transmit(Blob, numbered(1));
    await until("the other one has it", () => got.length === 1);
    expect(await outcomeOf(transmitted)).toBe("pending");
    await expect(publisher.transmit(Blob, numbered(2), { timeoutMs: 1 })).rejects.toThrow("full");
    await until("the other one has it", () => got.length === 2);
    expect([await numbersAt(slow, 1), got]).toEqual([[1], [1, 2]]);
    await transmitted;
    expect(publisher.stats().dropped).toEqual({ "timed-out": 1 });
  });

  test("that goes lets go of the sender who waits, as nothing was wrong with the call", async () => {
    const { publisher, slow } = await withSlow("block");
    const incidents = incidentsOf(publisher);
    const transmitted = publisher.transmit(Blob, numbered(1));
    slow.destroy();
    await transmitted;
    await until("it is gone", () => publisher.stats().queueDepth === 0);
    const { sent, dropped } = publisher.stats();
    expect(dropped.closed).toBe(limit + 1);
    expect(incidents.of("dropped").map((incident) => [incident.reason, incident.count])).toEqual([
      ["closed", limit + 1],
      ["unconfirmed", dropped.unconfirmed],
    ]);
    expect(sent % 2).toBe(0);
  });

  test("that goes ends the waiting of flush() for it", async () => {
    const { publisher, slow } = await withSlow();
    incidentsOf(publisher);
    const flushed = publisher.flush();
    expect(await outcomeOf(flushed)).toBe("pending");
    slow.destroy();
    await flushed;
  });
});
