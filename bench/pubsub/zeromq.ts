/** libzmq by the npm package `zeromq`: PUB, and XSUB, a SUB whose bounds can be lifted. */
import { Publisher, XSubscriber } from "zeromq";
import type { PubSubRival } from "./rival.ts";

// A PUB drops messages above its bound, and the option against that makes a send fail, not wait; a
// SUB loses subscriptions above its own, which is 1,000.
const unbounded = 0;
/** RFC 29, subscription: this octet, then the topic. */
const subscribe = 0x01;

export const zeromqPubSub: PubSubRival = {
  async publisher(port, topics) {
    const socket = new Publisher({ sendHighWaterMark: unbounded });
    await socket.bind(`tcp://127.0.0.1:${port === 0 ? "*" : port}`);
    const frames = topics.map((topic) => Buffer.from(topic));
    return {
      port: Number(socket.lastEndpoint?.split(":").at(-1)),
      publisher: {
        awaitsEach: true,
        // The job says how many types there are.
        publish: (type, payload) => socket.send([frames[type] as Buffer, payload]),
        close: async () => socket.close(),
      },
    };
  },
  async subscriber(port, topics, onPayload) {
    const socket = new XSubscriber({
      receiveHighWaterMark: unbounded,
      sendHighWaterMark: unbounded,
    });
    socket.connect(`tcp://127.0.0.1:${port}`);
    for (const topic of topics) await socket.send(Buffer.from([subscribe, ...Buffer.from(topic)]));
    void receiveAll(socket, onPayload);
    return { close: async () => socket.close() };
  },
};

async function receiveAll(
  socket: XSubscriber,
  onPayload: (payload: Uint8Array) => void,
): Promise<void> {
  for await (const [, payload] of socket) if (payload !== undefined) onPayload(payload);
}
