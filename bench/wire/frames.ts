/** Frames as in ZMTP (flags, length, body) and nothing else, straight on sockets of node:net. */
import { once } from "node:events";
import type { Socket } from "node:net";

const blockBytes = 64 * 1024;
const shortBytesMax = 255;
const long = 0x02;

/** Gathers frames into blocks of 64 KiB, each of which goes to every socket. */
export class FrameWriter {
  readonly #sockets: Socket[] = [];
  #block = Buffer.allocUnsafe(blockBytes);
  #used = 0;
  #flushComes = false;

  /** To this one go the frames that are written from now on. */
  add(socket: Socket): void {
    this.flush();
    this.#sockets.push(socket);
  }

  /** Returns a promise where a socket has no room; it resolves when all have some again. */
  write(body: Uint8Array): undefined | Promise<void> {
    const headBytes = body.length > shortBytesMax ? 9 : 2;
    const hasRoom = this.#used + headBytes + body.length <= blockBytes || this.flush();
    const block = this.#block;
    if (headBytes === 2) {
      block[this.#used] = 0;
      block[this.#used + 1] = body.length;
    } else {
      block[this.#used] = long;
      block.writeBigUInt64BE(BigInt(body.length), this.#used + 1);
    }
    block.set(body, this.#used + headBytes);
    this.#used += headBytes + body.length;
    if (!this.#flushComes) {
      this.#flushComes = true;
      process.nextTick(() => this.flush());
    }
    if (hasRoom) return undefined;
    return this.#drained();
  }

  /** Returns false if a socket has no room for more. */
  flush(): boolean {
    this.#flushComes = false;
    if (this.#used === 0) return true;
    const block = this.#block.subarray(0, this.#used);
    this.#block = Buffer.allocUnsafe(blockBytes);
    this.#used = 0;
    let hasRoom = true;
    for (const socket of this.#sockets) hasRoom = socket.write(block) && hasRoom;
    return hasRoom;
  }

  /** Sends what is left, then ends the sockets. */
  async end(): Promise<void> {
    this.flush();
    await Promise.all(
      this.#sockets.map((socket) => new Promise<void>((resolve) => socket.end(resolve))),
    );
  }

  async #drained(): Promise<void> {
    const full = this.#sockets.filter((socket) => socket.writableNeedDrain);
    await Promise.all(full.map((socket) => once(socket, "drain")));
  }
}

export function readFrames(socket: Socket, onBody: (body: Uint8Array) => void): void {
  let rest: Buffer = Buffer.alloc(0);
  socket.on("data", (chunk: Buffer) => {
    const stream = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let at = 0;
    while (at + 2 <= stream.length) {
      const isLong = stream[at] === long;
      const headBytes = isLong ? 9 : 2;
      if (at + headBytes > stream.length) break;
      // The loop's condition has the second byte there.
      const bodyBytes = isLong
        ? Number(stream.readBigUInt64BE(at + 1))
        : (stream[at + 1] as number);
      if (at + headBytes + bodyBytes > stream.length) break;
      onBody(stream.subarray(at + headBytes, at + headBytes + bodyBytes));
      at += headBytes + bodyBytes;
    }
    rest = stream.subarray(at);
  });
}
