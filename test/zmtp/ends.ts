/** The ends of live connections that a test opens, and closes all at once. */
import type { Socket } from "zeromq";
import { formatAddress, type StreamAddress, type TcpAddress } from "../../src/io/address.ts";
import { Connector, type ConnectorOptions, type Listener, listen } from "../../src/io/stream.ts";
import { type Accepted, Owner } from "./endpoints.ts";

const anyPort = { host: "127.0.0.1", port: 0 };
const prompt = { retryMinMs: 20, retryMaxMs: 20 };

export class Ends {
  readonly #owner = new Owner();
  readonly #opened: (() => void)[] = [];

  /** A socket of libzmq, to be closed with the rest. */
  keep<S extends Socket>(socket: S): S {
    this.#opened.push(() => socket.close());
    return socket;
  }

  async listening(options: ConnectorOptions): Promise<Listener> {
    const listener = await listen(anyPort, options, this.#owner);
    this.#opened.push(() => void listener.close());
    return listener;
  }

  connecting(address: StreamAddress, options: ConnectorOptions): void {
    const connector = new Connector(address, { ...prompt, ...options }, this.#owner);
    this.#opened.push(() => connector.close());
  }

  /** The next connection of ours, at its handshake. */
  async next(): Promise<Accepted> {
    const end = await this.#owner.accepted.take();
    this.#opened.push(() => end.connection.destroy());
    return end;
  }

  /** The next one that gets through its handshake: tries that come too early do not. */
  async nextInTraffic(): Promise<Accepted> {
    for (;;) {
      const end = await this.next();
      if ((await end.events.take()).startsWith("ready ")) return end;
    }
  }

  close(): void {
    for (const close of this.#opened.splice(0).reverse()) close();
  }
}

/** Binds a socket of libzmq. @returns Where, with the port that the system has chosen. */
export async function bound(socket: Socket, port: number | "*" = "*"): Promise<TcpAddress> {
  await socket.bind(`tcp://127.0.0.1:${port}`);
  return { host: "127.0.0.1", port: Number(socket.lastEndpoint?.split(":").at(-1)) };
}

/** Connects one. */
export function connect(socket: Socket, address: StreamAddress): void {
  const protocol = address.path === undefined ? "tcp" : "ipc";
  socket.connect(`${protocol}://${formatAddress(address)}`);
}
