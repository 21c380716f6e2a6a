/** MulticastWorld: a world of the ganglion suite on the loopback interface, with a port of its own. */
import assert from "node:assert/strict";
import type { Ganglion } from "../../src/ganglion/ganglion.ts";
import { MulticastGanglion, type MulticastOptions } from "../../src/ganglion/multicast.ts";
import type { GanglionOptions } from "../../src/ganglion/options.ts";
import type { Capabilities, GanglionWorld } from "../../src/testing/ganglion-cases.ts";
import { turn, until } from "../../src/testing/until.ts";
import { randomPort } from "./random-port.ts";

interface Member {
  readonly peer: Ganglion;
  readonly node: MulticastGanglion;
}

/** A node is missed after 3.5 of these. */
const heartbeatIntervalMs = 100;

/** What has been sent is in the sockets of this host at once; they are read within so many turns. */
const quietTurns = 4;

export class MulticastWorld implements GanglionWorld {
  readonly capabilities: Capabilities;
  readonly #wrap: (node: MulticastGanglion, options: GanglionOptions) => Ganglion;
  readonly #options: MulticastOptions;
  readonly #members = new Set<Member>();
  readonly #vanished: Member[] = [];

  /** @param wrap Makes the peer that the suite sees from a node. */
  constructor(
    capabilities: Capabilities,
    wrap: (node: MulticastGanglion, options: GanglionOptions) => Ganglion,
    options: MulticastOptions = {},
  ) {
    this.capabilities = capabilities;
    this.#wrap = wrap;
    const port = randomPort();
    this.#options = {
      port,
      interface: "127.0.0.1",
      heartbeatIntervalMs,
      graceMs: 50,
      bitsPerSecond: 200_000_000,
      ...options,
    };
  }

  async peer(options: GanglionOptions = {}): Promise<Ganglion> {
    const node = new MulticastGanglion({ ...this.#options, ...options });
    const member: Member = { node, peer: this.#wrap(node, options) };
    await node.opened;
    this.#members.add(member);
    await this.#eachHearsAllOthers();
    return member.peer;
  }

  /** What each has sent the others have got, and what came of that, until nothing new comes of it. */
  async settle(): Promise<void> {
    for (let quiet = 0; quiet < quietTurns; ) {
      const before = this.#counts();
      await turn();
      quiet = this.#isQuiet() && this.#counts() === before ? quiet + 1 : 0;
    }
  }

  /** Its sockets close; it has said nothing to the others. */
  async vanish(peer: Ganglion): Promise<void> {
    const member = [...this.#members].find((each) => each.peer === peer);
    assert.ok(member !== undefined, "no such peer");
    this.#members.delete(member);
    this.#vanished.push(member);
    await member.node.node?.close({ lingerMs: 0, graceMs: 0 });
    await this.#eachHearsAllOthers();
  }

  async close(): Promise<void> {
    const members = [...this.#members, ...this.#vanished];
    await Promise.all(members.map(({ peer }) => peer.close()));
  }

  async #eachHearsAllOthers(): Promise<void> {
    await until("each hears all others", () =>
      [...this.#members].every(({ node }) => {
        const { peers } = node;
        return peers.length === this.#members.size - 1 && peers.every(({ voter }) => voter);
      }),
    );
  }

  /** Whether all that was sent has come, to whoever was there when it was sent. */
  #isQuiet(): boolean {
    if (![...this.#members].every(({ node }) => node.isDrained)) return false;
    const channels = [...this.#members].flatMap(({ node }) => [...(node.node?.channels ?? [])]);
    return channels.every(
      (sender) =>
        sender.isIdle &&
        channels.every((each) => each.group !== sender.group || each.hasAllOf(sender) !== false),
    );
  }

  #counts(): string {
    return JSON.stringify([...this.#members].map(({ peer }) => peer.stats()));
  }
}
