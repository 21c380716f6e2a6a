/** PairWorld: a world of the ganglion suite in which two peers are joined by a pair. */
import assert from "node:assert/strict";
import type { Ganglion } from "../../src/ganglion/ganglion.ts";
import type { GanglionOptions } from "../../src/ganglion/options.ts";
import { PairGanglion } from "../../src/ganglion/pair.ts";
import type { Capabilities, GanglionWorld } from "../../src/testing/ganglion-cases.ts";
import { turn, until } from "../../src/testing/until.ts";
import { Relay } from "./relay.ts";
import { SocketFolder } from "./socket-folder.ts";

type Role = "binder" | "connector";

interface Place {
  readonly peer: Ganglion;
  readonly pair: PairGanglion;
}

export class PairWorld implements GanglionWorld {
  readonly capabilities: Capabilities;
  readonly #wrap: (pair: PairGanglion, options: GanglionOptions) => Ganglion;
  /** Where the socket files are; undefined: over TCP. */
  readonly #folder: SocketFolder | undefined;
  readonly #relay: Promise<Relay>;
  readonly #places = new Map<Role, Place>();
  // Surplus ones, and those that have vanished.
  readonly #others: Ganglion[] = [];

  /** @param wrap Makes the peer that the suite sees from the end of a pair. */
  constructor(
    capabilities: Capabilities,
    wrap: (pair: PairGanglion, options: GanglionOptions) => Ganglion,
    over: "tcp" | "ipc" = "tcp",
  ) {
    this.capabilities = capabilities;
    this.#wrap = wrap;
    this.#folder = over === "ipc" ? new SocketFolder() : undefined;
    this.#relay = Relay.open(this.#folder?.at("relay.sock").path);
  }

  async peer(options: GanglionOptions = {}): Promise<Ganglion> {
    const role = this.#places.has("binder") ? "connector" : "binder";
    const place = await this.#open(role, options);
    if (this.#places.has(role)) {
      this.#others.push(place.peer);
      return place.peer;
    }
    this.#places.set(role, place);
    await this.#joined();
    return place.peer;
  }

  /** What each has sent the other has got, and what came of that, until nothing new comes of it. */
  async settle(): Promise<void> {
    let before: string;
    do {
      before = this.#counts();
      if (this.#places.size === 2) {
        await Promise.all([...this.#places.values()].map(({ pair }) => pair.flush()));
      }
      await turn();
    } while (this.#counts() !== before);
  }

  async vanish(peer: Ganglion): Promise<void> {
    const role = [...this.#places.keys()].find((each) => this.#places.get(each)?.peer === peer);
    assert.ok(role !== undefined, "no such peer");
    this.#places.delete(role);
    this.#others.push(peer);
    const relay = await this.#relay;
    relay.target = undefined;
    relay.cut();
    for (const { pair } of this.#places.values()) await until("it is alone", () => isAlone(pair));
    const [binder] = this.#places.values();
    if (role === "connector") relay.target = binder?.pair.address;
  }

  async close(): Promise<void> {
    const peers = [...[...this.#places.values()].map(({ peer }) => peer), ...this.#others];
    await Promise.all(peers.map((peer) => peer.close()));
    (await this.#relay).close();
    this.#folder?.remove();
  }

  async #open(role: Role, options: GanglionOptions): Promise<Place> {
    const relay = await this.#relay;
    // One that has vanished still has its file.
    const name = `pair-${this.#others.length}.sock`;
    const place = this.#folder?.at(name) ?? { host: "127.0.0.1", port: 0 };
    const address = role === "binder" ? { bind: place } : { connect: relay.address };
    const pair = new PairGanglion({ ...options, ...address, retryMinMs: 1, retryMaxMs: 10 });
    await pair.opened;
    if (role === "binder") relay.target = pair.address;
    return { pair, peer: this.#wrap(pair, options) };
  }

  async #joined(): Promise<void> {
    if (this.#places.size < 2) return;
    const pairs = [...this.#places.values()].map(({ pair }) => pair);
    await until("both have their peer", () => !pairs.some(isAlone));
  }

  #counts(): string {
    return JSON.stringify([...this.#places.values()].map(({ peer }) => peer.stats()));
  }
}

function isAlone(pair: PairGanglion): boolean {
  return pair.peerCount === 0;
}
