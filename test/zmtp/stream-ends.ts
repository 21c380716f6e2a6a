/** What a test of listeners and connectors opens, with the time in its hands. */
import type { StreamAddress, TcpAddress } from "../../src/io/address.ts";
import { Connector, type ConnectorOptions } from "../../src/io/connector.ts";
import { type Listener, type ListenerOptions, listen } from "../../src/io/listener.ts";
import { Owner, WireListener, WirePeer } from "./endpoints.ts";
import { ManualClock } from "./manual-clock.ts";

export const anyPort: TcpAddress = { host: "127.0.0.1", port: 0 };
export const pair = { socketType: "PAIR" } as const;

export class StreamEnds {
  readonly clock = new ManualClock();
  readonly owner = new Owner();
  readonly #opened: (() => unknown)[] = [];

  /** Has `close` call it: what was opened last is closed first. */
  afterwards(close: () => unknown): void {
    this.#opened.push(close);
  }

  async close(): Promise<void> {
    for (const close of this.#opened.reverse()) await close();
  }

  async listening(
    options: Partial<ListenerOptions> = {},
    address: StreamAddress = anyPort,
  ): Promise<Listener> {
    const listener = await listen(address, { ...pair, ...options }, this.owner, this.clock);
    this.afterwards(() => listener.close());
    return listener;
  }

  connecting(address: StreamAddress, options: Partial<ConnectorOptions> = {}): Connector {
    const connector = new Connector(address, { ...pair, ...options }, this.owner, this.clock);
    this.afterwards(() => connector.close());
    return connector;
  }

  async wireListening(port?: number): Promise<{ wire: WireListener; address: TcpAddress }> {
    const wire = new WireListener();
    const address = await wire.listen(port);
    this.afterwards(() => wire.close());
    return { wire, address };
  }

  async wirePeer(address: StreamAddress): Promise<WirePeer> {
    const peer = await WirePeer.connect(address);
    this.afterwards(() => peer.socket.destroy());
    return peer;
  }

  /** Moves the clock to the next try, and tells how long the wait was. */
  passWait(): number {
    const waitMs = this.clock.nextDelayMs;
    this.clock.advance(waitMs);
    return waitMs;
  }
}
