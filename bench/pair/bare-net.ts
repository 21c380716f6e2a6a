/**
 * Bare node:net with ZMTP framing: no envelope, no queue, no heartbeat, nothing but frames gathered
 * into blocks. What any protocol in JavaScript on this socket could reach at best.
 */
import type { Socket } from "node:net";
import { connectBare, listenBare } from "../wire/bare-net.ts";
import { FrameWriter, readFrames } from "../wire/frames.ts";
import type { PairEnd, PairRival } from "./rival.ts";

export const bareNet: PairRival = {
  async listen(port, payloadBytes) {
    const end = new BareEnd(payloadBytes);
    const listening = await listenBare(port, (socket) => {
      listening.server.close();
      end.use(socket);
    });
    return { end, port: listening.port };
  },
  async connect(port, payloadBytes) {
    const end = new BareEnd(payloadBytes);
    end.use(await connectBare(port));
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
