/** The ends of live connections that a test opens, and closes all at once. */
import type { Socket, Subscriber, XSubscriber } from "zeromq";
import { formatAddress, type StreamAddress } from "../../src/io/address.ts";
import { Connector, type ConnectorOptions } from "../../src/io/connector.ts";
import { type Listener, listen } from "../../src/io/listener.ts";
import { SocketFolder } from "../support/socket-folder.ts";
import { type Accepted, Owner } from "./endpoints.ts";
import { Mailbox } from "./mailbox.ts";

const anyPort: StreamAddress = { host: "127.0.0.1", port: 0 };
const prompt = { retryMinMs: 20, retryMaxMs: 20 };

export class Ends {
  readonly #owner = new Owner();
  readonly #opened: (() => void)[] = [];
  #folder: SocketFolder | undefined;

  /** A path where nobody is yet. */
  newPath(): StreamAddress {
    this.#folder ??= new SocketFolder();
    return this.#folder.at(`${this.#folder.names.length}.sock`);
  }

  /** A socket of libzmq, to be closed with the rest. */
  keep<S extends Socket>(socket: S): S {
    this.#opened.push(() => socket.close());
    return socket;
  }

  async listening(options: ConnectorOptions, address = anyPort): Promise<Listener> {
    const listener = await listen(address, options, this.#owner);
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
    this.#folder?.remove();
  }
}

/** Where ends can meet, with the name of the kind. */
export const places: readonly (readonly [string, (ends: Ends) => StreamAddress])[] = [
  ["over TCP", () => anyPort],
  ["at a path", (ends) => ends.newPath()],
];

/** Binds a socket of libzmq. @returns Where, with the port that the system has chosen. */
export async function bound(socket: Socket, address = anyPort): Promise<StreamAddress> {
  await socket.bind(endpointOf(address));
  if (address.path !== undefined) return address;
  return { host: address.host, port: Number(socket.lastEndpoint?.split(":").at(-1)) };
}

/** Connects one. */
export function connect(socket: Socket, address: StreamAddress): void {
  socket.connect(endpointOf(address));
}

/** What a socket of libzmq receives, a message being its frames as text. */
export function received(socket: Subscriber | XSubscriber): Mailbox<string[]> {
  const messages = new Mailbox<string[]>();
  const take = async (): Promise<void> => {
    // Always about to receive: a bound SUB does not send what it subscribed to before that.
    for await (const frames of socket) {
      messages.put(frames.map((frame) => frame.toString("latin1")));
    }
  };
  void take();
  return messages;
}

/** As libzmq writes it. */
function endpointOf(address: StreamAddress): string {
  return `${address.path === undefined ? "tcp" : "ipc"}://${formatAddress(address)}`;
}
