/**
 * Bare node:net: a frame of the topic and one of the payload, gathered into blocks that go to every
 * subscriber as they are. Nobody subscribes: all get all.
 */
import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { FrameWriter, readFrames } from "../wire/frames.ts";
import type { PubSubRival } from "./rival.ts";

export const bareFanOut: PubSubRival = {
  async publisher(port, topics) {
    const frames = topics.map((topic) => Buffer.from(topic));
    const writer = new FrameWriter();
    const server = createServer({ noDelay: true }, (socket) => writer.add(socket));
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    return {
      port: (server.address() as AddressInfo).port,
      publisher: {
        awaitsEach: true,
        publish: (type, payload) => {
          // The job says how many types there are.
          const topicWait = writer.write(frames[type] as Buffer);
          return writer.write(payload) ?? topicWait;
        },
        close: async () => {
          server.close();
          await writer.end();
        },
      },
    };
  },
  async subscriber(port, _topics, onPayload) {
    const socket = connect({ host: "127.0.0.1", port, noDelay: true });
    await once(socket, "connect");
    let isTopic = true;
    readFrames(socket, (body) => {
      if (!isTopic) onPayload(body);
      isTopic = !isTopic;
    });
    return { close: async () => void socket.end() };
  },
};
