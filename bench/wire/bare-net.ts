/**
 * Bare node:net with ZMTP framing: no envelope, no queue, no heartbeat, nothing but frames gathered
 * into blocks of 64 KiB. What any protocol in JavaScript on this socket could reach at best.
 */
import { type AddressInfo, connect as connectTo, createServer, type Socket } from "node:net";
import process from "node:process";
import type { WireEnd, WireRival } from "./rival.ts";

const blockBytes = 64 * 1024;

export const bareNet: WireRival = {
  listen: (payloadBytes) =>
    new Promise((resolve) => {
      const end: WireEnd = {
        awaitsEach: true,
        onPayload: () => {},
        send: () => undefined,
        close: async () => {},
      };
      const server = createServer({ noDelay: true }, (socket) => {
        server.close();
        const { send, close } = sender(socket, payloadBytes);
        end.send = send;
        end.close = close;
        receive(socket, (payload) => end.onPayload(payload));
      });
      server.listen(0, "127.0.0.1", () => {
        resolve({ end, port: (server.address() as AddressInfo).port });
      });
    }),
  connect: (port, payloadBytes) =>
    new Promise((resolve) => {
      const socket = connectTo({ host: "127.0.0.1", port, noDelay: true }, () => {
        const end: WireEnd = {
          awaitsEach: true,
          onPayload: () => {},
          ...sender(socket, payloadBytes),
        };
        receive(socket, (payload) => end.onPayload(payload));
        resolve(end);
      });
    }),
};

function sender(socket: Socket, payloadBytes: number): Pick<WireEnd, "send" | "close"> {
  const payload = Buffer.alloc(payloadBytes);
  const headBytes = payloadBytes > 255 ? 9 : 2;
  let block = Buffer.allocUnsafe(blockBytes);
  let used = 0;
  let flushComes = false;
  const flush = (): boolean => {
    flushComes = false;
    if (used === 0) return true;
    const room = socket.write(block.subarray(0, used));
    block = Buffer.allocUnsafe(blockBytes);
    used = 0;
    return room;
  };
  const send = (): undefined | Promise<void> => {
    let room = true;
    if (used + headBytes + payloadBytes > blockBytes) room = flush();
    if (headBytes === 2) {
      block[used] = 0;
      block[used + 1] = payloadBytes;
    } else {
      block[used] = 2;
      block.writeBigUInt64BE(BigInt(payloadBytes), used + 1);
    }
    block.set(payload, used + headBytes);
    used += headBytes + payloadBytes;
    if (!flushComes) {
      flushComes = true;
      process.nextTick(flush);
    }
    return room ? undefined : new Promise((resolve) => socket.once("drain", resolve));
  };
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      flush();
      socket.end(() => resolve());
    });
  return { send, close };
}

function receive(socket: Socket, onPayload: (payload: Uint8Array) => void): void {
  let rest = Buffer.alloc(0);
  socket.on("data", (chunk) => {
    const stream = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let at = 0;
    for (;;) {
      if (at + 2 > stream.length) break;
      const long = stream[at] === 2;
      if (long && at + 9 > stream.length) break;
      const head = long ? 9 : 2;
      const bytes = long ? Number(stream.readBigUInt64BE(at + 1)) : (stream[at + 1] as number);
      if (at + head + bytes > stream.length) break;
      onPayload(stream.subarray(at + head, at + head + bytes));
      at += head + bytes;
    }
    rest = at === stream.length ? Buffer.alloc(0) : stream.subarray(at);
  });
}
