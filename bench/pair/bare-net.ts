/**
 * Bare node:net with ZMTP framing: no envelope, no queue, no heartbeat, nothing but frames gathered
 * into blocks. What any protocol in JavaScript on this socket could reach at best.
 */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { FrameWriter, readFrames } from "../wire/frames.ts";
import type { PairEnd, PairRival } from "./rival.ts";

export const bareNet: PairRival = {
  async listen(port, payloadBytes) {
    const server = createServer({ noDelay: true });
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    const end = new BareEnd(payloadBytes);
    server.once("connection", (socket) => {
      server.close();
      end.use(socket);
    });
    return { end, port: (server.address() as AddressInfo).port };
  },
  async connect(port, payloadBytes) {
    const socket = connect({ host: "127.0.0.1", port, noDelay: true });
    await once(socket, "connect");
    const end = new BareEnd(payloadBytes);
    end.use(socket);
    return end;
  },
};

class BareEnd implements PairEnd {
  readonly awaitsEach = true;
  readonly #writer = new FrameWriter();
  readonly #payload: Uint8Array;
  #onPayload: (payload: Uint8Array) => void = () => {};

  constructor(payloadBytes: number) {
    this.#payload = Buffer.alloc(payloadBytes);
  }

  use(socket: Socket): void {
    this.#writer.add(socket);
    readFrames(socket, (body) => this.#onPayload(body));
  }

  send(): undefined | Promise<void> {
    return this.#writer.write(this.#payload);
  }

  receive(onPayload: (payload: Uint8Array) => void): void {
    this.#onPayload = onPayload;
  }

  close(): Promise<void> {
    return this.#writer.end();
  }
}
