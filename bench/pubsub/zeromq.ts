/** libzmq by the npm package `zeromq`: PUB, and XSUB, a SUB whose bounds can be lifted. */
import { Publisher, XSubscriber } from "zeromq";
import { bindLoopback, receiveAll } from "../wire/zeromq.ts";
import type { PubSubRival } from "./rival.ts";

// A PUB drops messages above its bound, and the option against that makes a send fail, not wait; a
// SUB loses subscriptions above its own, which is 1,000.
const unbounded = 0;
/** RFC 29, subscription: this octet, then the topic. */
const subscribe = 0x01;

export const zeromqPubSub: PubSubRival = {
  async publisher(port, topics) {
    const socket = new Publisher({ sendHighWaterMark: unbounded });
    const frames = topics.map((topic) => Buffer.from(topic));
    return {
      port: await bindLoopback(socket, port),
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
