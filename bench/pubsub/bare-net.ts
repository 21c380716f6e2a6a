/**
 * Bare node:net: a frame of the topic and one of the payload, gathered into blocks that go to every
 * subscriber as they are. Nobody subscribes: all get all.
 */
import { connectBare, listenBare } from "../wire/bare-net.ts";
import { FrameWriter, readFrames } from "../wire/frames.ts";
import type { PubSubRival } from "./rival.ts";

export const bareFanOut: PubSubRival = {
  async publisher(port, topics) {
    const frames = topics.map((topic) => Buffer.from(topic));
    const writer = new FrameWriter();
    const listening = await listenBare(port, (socket) => writer.add(socket));
    return {
      port: listening.port,
      publisher: {
        awaitsEach: true,
        publish: (type, payload) => {
          // The job says how many types there are.
          const topicWait = writer.write(frames[type] as Buffer);
          return writer.write(payload) ?? topicWait;
        },
        close: async () => {
          listening.server.close();
          await writer.end();
        },
      },
    };
  },
  async subscriber(port, _topics, onPayload) {
    const socket = await connectBare(port);
    let isTopic = true;
    readFrames(socket, (body) => {
      if (!isTopic) onPayload(body);
      isTopic = !isTopic;
    });
    return { close: async () => void socket.end() };
  },
};
