/** CuttingRelay: passes so many bytes of one connection each way, and then cuts it for good. */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import type { StreamAddress, TcpAddress } from "../../src/io/address.ts";
import type { Span } from "../../src/protocol/span.ts";
import { parseCommand, parsePing, parsePong } from "../../src/protocol/zmtp/command.ts";
import { FrameRules, frameFlags } from "../../src/protocol/zmtp/frame.ts";
import { FrameReader } from "../../src/protocol/zmtp/frame-reader.ts";
import { greetingByteCount } from "../../src/protocol/zmtp/greeting.ts";

/** How many bytes pass at most before the cut. */
export interface Budget {
  readonly toListener: number;
  readonly toConnector: number;
}

/** One direction of the connection that is cut. */
export class Passage {
  readonly #bytesMax: number;
  readonly #passed: Uint8Array[] = [];
  #byteCount = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** The part of `chunk` that may pass. */
  take(chunk: Uint8Array): Uint8Array {
    const passing = chunk.subarray(0, this.#bytesMax - this.#byteCount);
    this.#byteCount += passing.length;
    this.#passed.push(passing);
    return passing;
  }

  get isOver(): boolean {
    return this.#byteCount >= this.#bytesMax;
  }

  /** How many messages have passed whole, and what was confirmed by the PINGs and PONGs that have. */
  account(): { readonly messageCount: number; readonly confirmedCount: number } {
    let messageCount = 0;
    let confirmedCount = 0;
    const rules = new FrameRules(8 * 1024);
    rules.allowMessages(1024 * 1024);
    const frame = (body: Span, flags: number): void => {
      if ((flags & frameFlags.command) !== 0) {
        confirmedCount = Math.max(confirmedCount, confirmedBy(body.bytes));
      } else if ((flags & frameFlags.more) === 0) {
        messageCount += 1;
      }
    };
    const stream = Buffer.concat(this.#passed).subarray(greetingByteCount);
    new FrameReader({ frame }, rules).push(new Uint8Array(stream));
    return { messageCount, confirmedCount };
  }
}

/** What a command confirms to whom it is sent; see `DeliveryCount`. */
function confirmedBy(body: Uint8Array): number {
  const { name, data } = parseCommand(body);
  if (name === "PING") return countIn(parsePing(data).context, 0);
  if (name === "PONG") return countIn(parsePong(data), 8);
  return 0;
}

function countIn(context: Uint8Array, offset: number): number {
  if (context.length === 0) return 0;
  return Number(Buffer.from(context).readBigUInt64BE(offset));
}

export class CuttingRelay {
  readonly address: TcpAddress;
  readonly toListener: Passage;
  readonly toConnector: Passage;
  readonly #server: Server;
  readonly #target: StreamAddress;
  readonly #sockets = new Set<Socket>();
  #isMended = false;
  #isCut = false;

  private constructor(server: Server, target: StreamAddress, budget: Budget) {
    this.#server = server;
    this.#target = target;
    // As for every server that listens at a port.
    this.address = { host: "127.0.0.1", port: (server.address() as AddressInfo).port };
    this.toListener = new Passage(budget.toListener);
    this.toConnector = new Passage(budget.toConnector);
    server.on("connection", (near) => this.#passOn(near));
  }

  static async open(target: StreamAddress, budget: Budget): Promise<CuttingRelay> {
    const server = createServer({ allowHalfOpen: true });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new CuttingRelay(server, target, budget);
  }

  /** True once the connection was cut, and both ends have let go of it. */
  get isOver(): boolean {
    return this.#isCut && this.#sockets.size === 0;
  }

  /** Cuts it now, if it was not yet. */
  cut(): void {
    this.#isCut = true;
    for (const socket of this.#sockets) socket.end();
  }

  /** From now on whatever connects passes whole. */
  mend(): void {
    this.#isMended = true;
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }

  #passOn(near: Socket): void {
    if (this.#isCut && !this.#isMended) {
      near.destroy();
      return;
    }
    const far = connect({ ...this.#target, allowHalfOpen: true, noDelay: true });
    near.setNoDelay(true);
    for (const socket of [near, far]) this.#watch(socket);
    if (this.#isMended) {
      near.pipe(far).pipe(near);
      return;
    }
    this.#pass(near, far, this.toListener);
    this.#pass(far, near, this.toConnector);
  }

  #watch(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => this.#sockets.delete(socket));
  }

  /** What has passed is read, since an end of the stream follows it, and no reset. */
  #pass(from: Socket, to: Socket, passage: Passage): void {
    from.on("data", (chunk: Buffer) => {
      if (this.#isCut) return;
      to.write(passage.take(chunk));
      if (passage.isOver) this.cut();
    });
    from.on("end", () => this.cut());
  }
}
