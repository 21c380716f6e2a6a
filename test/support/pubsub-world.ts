/** PubSubWorld: a world of the ganglion suite in which each peer listens to all others. */
import assert from "node:assert/strict";
import type { Ganglion } from "../../src/ganglion/ganglion.ts";
import type { GanglionOptions } from "../../src/ganglion/options.ts";
import { PubSubGanglion } from "../../src/ganglion/pubsub.ts";
import type { Capabilities, GanglionWorld } from "../../src/testing/ganglion-cases.ts";
import { turn, until } from "../../src/testing/until.ts";
import { Relay } from "./relay.ts";
import { SocketFolder } from "./socket-folder.ts";

interface Member {
  readonly peer: Ganglion;
  readonly node: PubSubGanglion;
}

/** The way by which `listener` takes what `publisher` sends. */
interface Wire {
  readonly listener: PubSubGanglion;
  readonly publisher: PubSubGanglion;
  readonly relay: Relay;
}

/** Between four peers, two for each pair of them. */
const wiresMax = 12;

export class PubSubWorld implements GanglionWorld {
  readonly capabilities: Capabilities;
  readonly #wrap: (node: PubSubGanglion, options: GanglionOptions) => Ganglion;
  readonly #members = new Set<Member>();
  readonly #vanished: Member[] = [];
  readonly #wires: Wire[] = [];
  // Opened before a case begins, so that they are none of what it leaves behind.
  readonly #relays: Promise<Relay>[];
  /** Where the socket files are; undefined: over TCP. */
  readonly #folder: SocketFolder | undefined;
  #memberCount = 0;

  /** @param wrap Makes the peer that the suite sees from a node. */
  constructor(
    capabilities: Capabilities,
    wrap: (node: PubSubGanglion, options: GanglionOptions) => Ganglion,
    over: "tcp" | "ipc" = "tcp",
  ) {
    this.capabilities = capabilities;
    this.#wrap = wrap;
    const folder = over === "ipc" ? new SocketFolder() : undefined;
    this.#folder = folder;
    this.#relays = Array.from({ length: wiresMax }, (_, index) =>
      Relay.open(folder?.at(`relay${index}.sock`).path),
    );
  }

  async peer(options: GanglionOptions = {}): Promise<Ganglion> {
    const file = `node${this.#memberCount++}.sock`;
    const bind = this.#folder?.at(file) ?? { host: "127.0.0.1", port: 0 };
    const node = new PubSubGanglion({ ...options, bind, retryMinMs: 1, retryMaxMs: 10 });
    await node.opened;
    const member: Member = { node, peer: this.#wrap(node, options) };
    for (const { node: other } of this.#members) {
      await this.#join(other, node);
      await this.#join(node, other);
    }
    this.#members.add(member);
    await until("each listens to all others", () =>
      this.#nodes().every((each) => this.#isJoined(each)),
    );
    return member.peer;
  }

  /** What each has sent the others have got, and what came of that, until nothing new comes of it. */
  async settle(): Promise<void> {
    let before: string;
    do {
      before = this.#counts();
      await Promise.all([...this.#members].map(({ node }) => node.flush()));
      await turn();
    } while (this.#counts() !== before);
  }

  async vanish(peer: Ganglion): Promise<void> {
    const member = [...this.#members].find((each) => each.peer === peer);
    assert.ok(member !== undefined, "no such peer");
    this.#members.delete(member);
    this.#vanished.push(member);
    for (const { listener, publisher, relay } of this.#wires) {
      if (listener !== member.node && publisher !== member.node) continue;
      relay.target = undefined;
      relay.cut();
    }
    await until("the others have noticed", () =>
      this.#nodes().every((each) => this.#isJoined(each)),
    );
  }

  async close(): Promise<void> {
    const members = [...this.#members, ...this.#vanished];
    await Promise.all(members.map(({ peer }) => peer.close()));
    for (const { relay } of this.#wires) relay.close();
    for (const relay of this.#relays) (await relay).close();
    this.#folder?.remove();
  }

  async #join(listener: PubSubGanglion, publisher: PubSubGanglion): Promise<void> {
    const relay = await this.#relays.pop();
    assert.ok(relay !== undefined, "more peers than this world has wires for");
    assert.ok(publisher.address !== undefined);
    relay.target = publisher.address;
    listener.addPeer(relay.address);
    this.#wires.push({ listener, publisher, relay });
  }

  /** Whether it is connected to every other one that is there, and to no other. */
  #isJoined(node: PubSubGanglion): boolean {
    return node.peerCount === this.#members.size - 1;
  }

  #nodes(): PubSubGanglion[] {
    return [...this.#members].map(({ node }) => node);
  }

  #counts(): string {
    return JSON.stringify([...this.#members].map(({ peer }) => peer.stats()));
  }
}
