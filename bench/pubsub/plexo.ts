/** plexo: a Plexus with a PubSubGanglion; raw bytes. */
import { bytesCodec, Namespace, Neuron, Plexus } from "plexo";
import { PubSubGanglion, type TcpAddress } from "plexo/pubsub";
import type { PubSubRival } from "./rival.ts";

const host = "127.0.0.1";

export const plexoPubSub: PubSubRival = {
  async publisher(port, topics) {
    // Of a slow subscriber's messages none is dropped: the sender waits.
    const ganglion = new PubSubGanglion({ bind: { host, port }, queue: { policy: "block" } });
    await ganglion.opened;
    const plexus = new Plexus({ ganglia: [ganglion] });
    plexus.on("incident", ({ reason, message }) => {
      // The first probes find nobody.
      if (reason !== "unclaimed") console.error(message);
    });
    const neurons = topics.map(neuronOf);
    return {
      // What was bound is a port.
      port: (ganglion.address as TcpAddress).port,
      publisher: {
        awaitsEach: false,
        // The job says how many types there are.
        publish: (type, payload) => plexus.transmitRaw(neurons[type] as Neuron, payload),
        close: () => plexus.close(),
      },
    };
  },
  async subscriber(port, topics, onPayload) {
    const plexus = new Plexus({ ganglia: [new PubSubGanglion({ peers: [{ host, port }] })] });
    for (const topic of topics) plexus.reactRaw(neuronOf(topic), (bytes) => onPayload(bytes));
    return { close: () => plexus.close() };
  },
};

/** Of a topic whose codec is `bytes`. */
function neuronOf(topic: string): Neuron {
  const parts = topic.split(".");
  const [type = ""] = parts.slice(-2);
  return new Neuron(type, new Namespace(parts.slice(0, -2).join(".")), bytesCodec);
}
