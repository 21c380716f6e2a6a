/** libzmq by the npm package `zeromq`: PAIR, bare frames. */
import { Pair } from "zeromq";
import type { WireEnd, WireRival } from "./rival.ts";

export const zeromqPair: WireRival = {
  async listen(payloadBytes) {
    const socket = new Pair();
    await socket.bind("tcp://127.0.0.1:*");
    const port = Number(socket.lastEndpoint?.split(":").at(-1));
    return { end: endOf(socket, payloadBytes), port };
  },
  async connect(port, payloadBytes) {
    const socket = new Pair();
    socket.connect(`tcp://127.0.0.1:${port}`);
    return endOf(socket, payloadBytes);
  },
};

function endOf(socket: Pair, payloadBytes: number): WireEnd {
  const payload = Buffer.alloc(payloadBytes);
  const end: WireEnd = {
    awaitsEach: true,
    onPayload: () => {},
    send: () => socket.send(payload),
    close: async () => socket.close(),
  };
  void receive(socket, end);
  return end;
}

async function receive(socket: Pair, end: WireEnd): Promise<void> {
  for await (const [frame] of socket) if (frame !== undefined) end.onPayload(frame);
}
