/** Relay: a connection in two halves, so that a test can cut it as a cable is cut. */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import type { StreamAddress } from "../../src/io/address.ts";

export class Relay {
  /** Where new connections are passed on to. */
  target: StreamAddress | undefined;
  readonly address: StreamAddress;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server, address: StreamAddress) {
    this.#server = server;
    this.address = address;
    server.on("connection", (near) => this.#passOn(near));
  }

  /** At a free port, or at a path. */
  static async open(path?: string): Promise<Relay> {
    const server = createServer({ allowHalfOpen: true });
    const host = "127.0.0.1";
    server.listen(path === undefined ? { host, port: 0 } : { path });
    await once(server, "listening");
    if (path !== undefined) return new Relay(server, { path });
    return new Relay(server, { host, port: (server.address() as AddressInfo).port });
  }

  /** From now on nothing passes, but nobody is told. */
  stall(): void {
    for (const socket of this.#sockets) {
      socket.unpipe();
      socket.pause();
    }
  }

  /** Breaks every connection. */
  cut(): void {
    for (const socket of this.#sockets) this.#break(socket);
  }

  close(): void {
    this.cut();
    this.#server.close();
  }

  /** At a path there is no reset. */
  #break(socket: Socket): void {
    if (this.address.path === undefined) socket.resetAndDestroy();
    else socket.destroy();
  }

  #passOn(near: Socket): void {
    if (this.target === undefined) {
      this.#break(near);
      return;
    }
    const far = connect({ ...this.target, allowHalfOpen: true, noDelay: true });
    near.setNoDelay(true);
    near.pipe(far).pipe(near);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        this.#sockets.delete(socket);
        if (socket.errored !== null) other.destroy();
      });
    }
  }
}
