/** PubSubNodes: the nodes of a test of pub/sub, closed all at once. */
import type { Ganglion } from "../../src/ganglion/ganglion.ts";
import { PubSubGanglion, type PubSubOptions } from "../../src/ganglion/pubsub.ts";
import type { StreamAddress } from "../../src/io/address.ts";
import type { Neuron } from "../../src/neuron.ts";
import type { Subscription } from "../../src/subscription.ts";
import { until } from "../../src/testing/until.ts";

export const anyPort: StreamAddress = { host: "127.0.0.1", port: 0 };

/** Connects again at once, and is not waited for long. */
const prompt = { retryMinMs: 1, retryMaxMs: 10 };

export class PubSubNodes {
  readonly #opened: { close(): unknown }[] = [];

  /** One that publishes, at a free port unless told otherwise. */
  async publisher(options: PubSubOptions = {}): Promise<PubSubGanglion> {
    const node = this.keep(new PubSubGanglion({ bind: anyPort, ...prompt, ...options }));
    await node.opened;
    return node;
  }

  /** One that only listens, to these. Resolves when it is connected to them. */
  async listener(
    publishers: readonly PubSubGanglion[],
    options: PubSubOptions = {},
  ): Promise<PubSubGanglion> {
    const peers = publishers.map(addressOf);
    const node = this.keep(new PubSubGanglion({ peers, ...prompt, ...options }));
    await until("it is connected", () => node.peerCount === peers.length);
    return node;
  }

  /** To be closed with the rest, first what was opened last. */
  keep<C extends { close(): unknown }>(opened: C): C {
    this.#opened.push(opened);
    return opened;
  }

  async close(): Promise<void> {
    for (const each of this.#opened.splice(0).reverse()) await each.close();
  }
}

/** Where it publishes. */
export function addressOf(node: Pick<PubSubGanglion, "name" | "address">): StreamAddress {
  if (node.address === undefined) throw new Error(`${node.name} publishes nowhere`);
  return node.address;
}

/** Writes down what arrives. Resolves when the publishers know that it is wanted. */
export async function collect<T>(
  ganglion: Pick<Ganglion, "react">,
  neuron: Neuron<T>,
): Promise<{ readonly values: readonly T[]; readonly subscription: Subscription }> {
  const values: T[] = [];
  const subscription = ganglion.react(neuron, (value) => void values.push(value));
  await subscription.ready;
  return { values, subscription };
}
