/** libzmq by the npm package `zeromq`: PAIR, bare frames. */
import { Pair } from "zeromq";
import { bindLoopback, receiveAll } from "../wire/zeromq.ts";
import type { PairEnd, PairRival } from "./rival.ts";

export const zeromqPair: PairRival = {
  async listen(port, payloadBytes) {
    const socket = new Pair();
    return { end: endOf(socket, payloadBytes), port: await bindLoopback(socket, port) };
  },
  async connect(port, payloadBytes) {
    const socket = new Pair();
    socket.connect(`tcp://127.0.0.1:${port}`);
    return endOf(socket, payloadBytes);
  },
};

function endOf(socket: Pair, payloadBytes: number): PairEnd {
  const payload = Buffer.alloc(payloadBytes);
  return {
    awaitsEach: true,
    send: () => socket.send(payload),
    // A sender that waits to receive meanwhile is slower, and sometimes stands still.
    receive: (onPayload) => {
      void receiveAll(socket, onPayload);
    },
    close: async () => socket.close(),
  };
}
