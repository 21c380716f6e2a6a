/** What the cases of the ganglion suite have in common: neurons, peers, gates and logs. */
import assert from "node:assert/strict";
import { bytesCodec } from "../../codec/bytes.ts";
import type { Codec } from "../../codec/codec.ts";
import { jsonCodec } from "../../codec/json.ts";
import { stringCodec } from "../../codec/string.ts";
import type { Ganglion } from "../../ganglion/ganglion.ts";
import type { GanglionOptions } from "../../ganglion/options.ts";
import type { DropReason, Incident } from "../../incident.ts";
import { Namespace } from "../../namespace.ts";
import { Neuron } from "../../neuron.ts";
import type { Stats } from "../../stats.ts";
import type { GanglionWorld } from "./case.ts";

export const namespace: Namespace = new Namespace("dev", "plexo", "suite");
/** Its codec refuses NaN, and bytes that are no JSON. */
export const countNeuron: Neuron<number> = new Neuron("Count", namespace, jsonCodec<number>());
export const textNeuron: Neuron<string> = new Neuron("Text", namespace, stringCodec);
export const blobNeuron: Neuron<Uint8Array> = new Neuron("Blob", namespace, bytesCodec);

/** Bytes that `countNeuron` cannot decode. */
export const noCount: Uint8Array = Uint8Array.of(0xff, 0x00);

export interface TwoPeers {
  readonly sender: Ganglion;
  readonly receiver: Ganglion;
}

/** Two peers that are joined. Where all peers are one ganglion they are the same. */
export async function twoPeers(world: GanglionWorld, options?: GanglionOptions): Promise<TwoPeers> {
  const sender = await world.peer(options);
  const receiver = await world.peer(options);
  return { sender, receiver };
}

/** The numbers from 0 to `count - 1`. */
export function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

/** Sends the numbers from 0 to `count - 1`, the next without waiting for the last. */
export async function sendCounts(sender: Ganglion, count: number): Promise<void> {
  await Promise.all(numbers(count).map((each) => sender.transmit(countNeuron, each)));
}

/** Something that reactants wait for until the case lets them go. */
export interface Gate {
  readonly opened: Promise<void>;
  open(): void;
}

export function makeGate(): Gate {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

/** The incidents of a ganglion from now on. */
export function incidentsOf(ganglion: Ganglion): Incident[] {
  const incidents: Incident[] = [];
  ganglion.on("incident", (incident) => incidents.push(incident));
  return incidents;
}

/** @throws {AssertionError} unless every incident that has a cause tells it in its message too. */
export function assertCausesTold(incidents: readonly Incident[]): void {
  for (const { message, cause } of incidents) {
    if (cause instanceof Error) assert.ok(message.includes(cause.message), message);
  }
}

/** How many messages these ganglia have counted as dropped, for whatever reason. */
export function droppedBy(...ganglia: readonly Ganglion[]): number {
  // Where all peers are one ganglion it is asked once.
  return [...new Set(ganglia)]
    .flatMap((each) => Object.values(each.stats().dropped))
    .reduce(add, 0);
}

/**
 * @throws {AssertionError} unless `ganglion` has dropped `count` messages for `reason`, and for each
 *   there was an incident that names reason, topic and a ganglion.
 */
export function assertDropped(
  ganglion: Ganglion,
  incidents: readonly Incident[],
  expected: { readonly reason: DropReason; readonly count: number; readonly topic: string },
): void {
  const { reason, count, topic } = expected;
  const counts: Stats["topics"][string] | undefined = ganglion.stats().topics[topic];
  // What nobody here knows is in the totals only.
  assert.equal((counts ?? ganglion.stats()).dropped[reason] ?? 0, count, `counted ${reason}`);
  const reported = incidents.filter((each) => each.kind === "dropped" && each.reason === reason);
  assert.equal(reported.map((each) => each.count ?? 1).reduce(add, 0), count, `reported ${reason}`);
  for (const incident of reported) {
    assert.equal(incident.topic, topic);
    // Its name, or, for a plexus, that of the ganglion in it that met the trouble.
    assert.equal(typeof incident.ganglion, "string");
  }
}

/** A codec that counts what it does. */
export class CountingCodec implements Codec<{ readonly text: string }> {
  readonly name = "json";
  encoded = 0;
  decoded = 0;
  readonly #codec = jsonCodec<{ readonly text: string }>();

  encode(value: { readonly text: string }): Uint8Array {
    this.encoded += 1;
    return this.#codec.encode(value);
  }

  decode(bytes: Uint8Array): { readonly text: string } {
    this.decoded += 1;
    return this.#codec.decode(bytes);
  }
}

function add(sum: number, count: number): number {
  return sum + count;
}
