import { expect, test } from "vitest";
import { PeerError } from "../../errors.ts";
import { WindowPool } from "../../identity.ts";
import type { Incident } from "../../incident.ts";
import { impulseIdByteCount, writeImpulseId } from "../../protocol/impulse-id-frame.ts";
import { completeQueueOptions } from "../../queue.ts";
import { Intakes } from "./intakes.ts";
import { MulticastSynapse } from "./synapse.ts";

const utf8 = new TextEncoder();
const topic = "dev.plexo.test.Count.json";
const source = "706c00000001.10";

/** A synapse that is neither sent nor heard anywhere. */
function makeSynapse(incidents: Incident[] = []): MulticastSynapse {
  return new MulticastSynapse(topic, undefined, {
    name: "home",
    windows: new WindowPool(),
    queue: completeQueueOptions(),
    join: () => Promise.reject(new Error("nothing is joined")),
    framesOf: () => [],
    joinFailed: () => {},
    report: (incident) => incidents.push(incident),
    readinessChanged: () => {},
    graceMs: () => 0,
  });
}

test("topic, payload and id: the message is handed on, one transport further", () => {
  const got: unknown[] = [];
  const intakes = new Intakes((_synapse, payload, label) => void got.push([[...payload], label]));
  const id = new Uint8Array(impulseIdByteCount);
  writeImpulseId(id, 0, { originHigh: 0, originLow: 7, sequence: 3, hops: 1 });
  intakes.take(makeSynapse(), [utf8.encode(topic), Uint8Array.of(1), id], source);
  intakes.take(makeSynapse(), [utf8.encode(topic), Uint8Array.of(2)], source);
  expect(got).toMatchObject([
    [[1], { originLow: 7, sequence: 3, hops: 2 }],
    [[2], undefined],
  ]);
});

test.each([[[]], [[topic]], [[topic, "1", "2", "3"]], [[topic, "1", "no id"]]])(
  "the frames %j are refused",
  (frames) => {
    const intakes = new Intakes(() => undefined);
    const bytes = frames.map((frame) => utf8.encode(frame));
    expect(() => intakes.take(makeSynapse(), bytes, source)).toThrow(PeerError);
  },
);

test("another type on the same address is passed over, and its source remembered as such", () => {
  const got: unknown[] = [];
  const intakes = new Intakes((_synapse, payload) => void got.push(payload));
  const synapse = makeSynapse();
  intakes.take(synapse, [utf8.encode("dev.plexo.test.Other.json"), Uint8Array.of(1)], source);
  expect(got).toEqual([]);
  expect(intakes.isForeign(synapse, source)).toBe(true);
  intakes.finish(synapse, source);
  expect(intakes.isForeign(synapse, source)).toBe(false);
});

test("what waits for a slow reactant at the close is dropped, counted and told", () => {
  const incidents: Incident[] = [];
  const synapse = makeSynapse(incidents);
  const intakes = new Intakes(() => new Promise(() => {}));
  for (const number of [1, 2, 3]) {
    intakes.take(synapse, [utf8.encode(topic), Uint8Array.of(number)], source);
  }
  expect(intakes.depth(synapse)).toBe(2);
  intakes.close();
  expect(synapse.counters.snapshot().dropped).toEqual({ closed: 2 });
  expect(incidents).toMatchObject([{ reason: "closed", count: 2, topic }]);
});
