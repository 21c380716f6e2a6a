/** MemoryWorld: a world of the ganglion suite in which two peers are joined by memory. */
import assert from "node:assert/strict";
import type { Ganglion } from "../../src/ganglion/ganglion.ts";
import type { GanglionOptions } from "../../src/ganglion/options.ts";
import type { Capabilities, GanglionWorld } from "../../src/testing/ganglion-cases.ts";
import { turn } from "../../src/testing/until.ts";
import { MemoryGanglion, type MemoryOptions } from "./memory-ganglion.ts";

interface Seat {
  readonly peer: Ganglion;
  readonly end: MemoryGanglion;
}

export class MemoryWorld implements GanglionWorld {
  readonly capabilities: Capabilities;
  readonly #wrap: (end: MemoryGanglion, options: GanglionOptions) => Ganglion;
  readonly #wireOptions: MemoryOptions;
  readonly #seats: Seat[] = [];
  // A third peer finds both seats taken.
  readonly #surplus: Ganglion[] = [];
  #count = 0;

  /** @param wrap Makes the peer that the suite sees from the end of a wire. */
  constructor(
    capabilities: Capabilities,
    wrap: (end: MemoryGanglion, options: GanglionOptions) => Ganglion,
    wireOptions: MemoryOptions = {},
  ) {
    this.capabilities = capabilities;
    this.#wrap = wrap;
    this.#wireOptions = wireOptions;
  }

  peer(options: GanglionOptions = {}): Promise<Ganglion> {
    const { carriesIds, knowsReceivers } = this.capabilities;
    const name = `memory.${this.#count++}`;
    const end = new MemoryGanglion(name, {
      ...options,
      ...this.#wireOptions,
      carriesIds,
      knowsReceivers,
    });
    const peer = this.#wrap(end, options);
    const [first, second] = this.#seats;
    if (second !== undefined) {
      this.#surplus.push(peer);
    } else {
      this.#seats.push({ peer, end });
      first?.end.join(end);
    }
    return Promise.resolve(peer);
  }

  async settle(): Promise<void> {
    do await turn();
    while (!this.#seats.every(({ end }) => end.quiet));
  }

  vanish(peer: Ganglion): Promise<void> {
    const index = this.#seats.findIndex((seat) => seat.peer === peer);
    const [seat] = this.#seats.splice(index, 1);
    assert.ok(seat !== undefined, "no such peer");
    seat.end.cut();
    this.#surplus.push(peer);
    return Promise.resolve();
  }

  async close(): Promise<void> {
    const peers = [...this.#seats.map(({ peer }) => peer), ...this.#surplus];
    await Promise.all(peers.map((peer) => peer.close()));
  }
}
