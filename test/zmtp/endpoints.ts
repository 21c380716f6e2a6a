/** The two ends of a connection in tests: an owner that writes down, and a bare socket. */
import { connect, createServer, type Server, type Socket } from "node:net";
import type { StreamAddress, TcpAddress } from "../../src/io/address.ts";
import type { CloseReason, Connection, ConnectionSink } from "../../src/io/connection.ts";
import type { SendBuffer } from "../../src/io/send-buffer.ts";
import type { EndpointOwner } from "../../src/io/stream.ts";
import type { Span } from "../../src/protocol/span.ts";
import { frameFlags, frameHeadByteCount, writeFrameHead } from "../../src/protocol/zmtp/frame.ts";
import type { Peer } from "../../src/protocol/zmtp/handshake.ts";
import { Mailbox } from "./mailbox.ts";
import { bytesOf, hexOf } from "./recorder.ts";

/** One connection of an owner. `events` has one line for each call: `ready PAIR`, `frame 01 more` … */
export class Accepted implements ConnectionSink {
  readonly events = new Mailbox<string>();
  readonly connection: Connection;
  output: SendBuffer | undefined;
  reason: CloseReason;
  context: Uint8Array = new Uint8Array(0);
  onFrame: () => void = () => {};

  constructor(connection: Connection) {
    this.connection = connection;
  }

  knocks(peer: Peer | undefined): void {
    this.events.put(`knocks ${peer === undefined ? "unknown" : peer.socketType}`);
  }

  ready(peer: Peer, output: SendBuffer): void {
    this.output = output;
    this.events.put(`ready ${peer.socketType}`);
  }

  frame(body: Span, more: boolean): void {
    this.events.put(`frame ${hexOf(body.bytes)}${more ? " more" : ""}`);
    this.onFrame();
  }

  subscribe(prefix: Uint8Array): void {
    this.events.put(`subscribe ${hexOf(prefix)}`);
  }

  cancel(prefix: Uint8Array): void {
    this.events.put(`cancel ${hexOf(prefix)}`);
  }

  pingContext(): Uint8Array {
    return this.context;
  }

  ping(context: Uint8Array): void {
    this.events.put(`ping ${hexOf(context)}`);
  }

  pong(context: Uint8Array): void {
    this.events.put(`pong ${hexOf(context)}`);
  }

  writable(): void {
    this.events.put("writable");
  }

  closed(reason: CloseReason): void {
    this.reason = reason;
    this.events.put(reason === undefined ? "closed" : `closed: ${reason.message}`);
  }

  /** Sends a message of these frames. */
  send(...bodies: readonly Uint8Array[]): void {
    if (this.output === undefined) throw new Error("send before ready");
    for (const [index, body] of bodies.entries()) {
      const at = this.output.reserve(frameHeadByteCount(body.length));
      const flags = index < bodies.length - 1 ? frameFlags.more : 0;
      writeFrameHead(this.output.chunk, at, flags, body.length);
      this.output.append(body);
    }
  }
}

export class Owner implements EndpointOwner {
  readonly accepted = new Mailbox<Accepted>();
  readonly failures = new Mailbox<string>();

  accept(connection: Connection): Accepted {
    const accepted = new Accepted(connection);
    this.accepted.put(accepted);
    return accepted;
  }

  failed(error: Error, remote?: string): void {
    this.failures.put(remote === undefined ? error.message : `${remote}: ${error.message}`);
  }
}

/** A bare socket whose bytes the test reads and writes. */
export class WirePeer {
  readonly socket: Socket;
  readonly ended: Promise<void>;
  readonly closed: Promise<void>;
  #received = "";
  #wanted: (() => void) | undefined;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on("data", (chunk: Buffer) => {
      this.#received += hexOf(chunk);
      this.#wanted?.();
    });
    // A reset is what some tests are about; it shows in `closed`.
    socket.on("error", () => {});
    this.ended = new Promise((resolve) => socket.once("end", resolve));
    this.closed = new Promise((resolve) => socket.once("close", () => resolve()));
  }

  static async connect(address: StreamAddress): Promise<WirePeer> {
    const socket = connect({ ...address, allowHalfOpen: true });
    const peer = new WirePeer(socket);
    await new Promise((resolve) => socket.once("connect", resolve));
    return peer;
  }

  send(hex: string): void {
    this.socket.write(bytesOf(hex));
  }

  /** The next bytes, as many as `hex` has or as asked for, in hex. */
  async receive(byteCount: number): Promise<string> {
    while (this.#received.length < byteCount * 2) {
      await new Promise<void>((resolve) => {
        this.#wanted = resolve;
      });
    }
    const taken = this.#received.slice(0, byteCount * 2);
    this.#received = this.#received.slice(byteCount * 2);
    return taken;
  }

  /** What has come and was not taken. */
  get rest(): string {
    return this.#received;
  }
}

/** A listener without a protocol. */
export class WireListener {
  readonly server: Server;
  readonly peers = new Mailbox<WirePeer>();
  readonly #sockets: Socket[] = [];

  constructor() {
    this.server = createServer({ allowHalfOpen: true }, (socket) => {
      this.#sockets.push(socket);
      this.peers.put(new WirePeer(socket));
    });
  }

  /** @returns Where it listens. */
  async listen(port = 0): Promise<TcpAddress> {
    await new Promise<void>((resolve) => this.server.listen(port, "127.0.0.1", resolve));
    const address = this.server.address();
    if (address === null || typeof address === "string") throw new Error("not listening");
    return { host: "127.0.0.1", port: address.port };
  }

  /** With all its peers. */
  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
