/** Stage: the programs of one scene, which meet on this machine: plexuses and what joins them. */
import { setTimeout as passed } from "node:timers/promises";
import { freePort } from "../free-port.ts";
import type { Peer } from "../peer.ts";
import { Program } from "../program.ts";

/** A network of a plexus: the URL of its ganglion; where the plexus is ours, its other options, too. */
export interface Network {
  readonly url: string;
  readonly [option: string]: unknown;
}

/** One way to join two plexuses: the network of either. */
export type Link = readonly [Network, Network];

const probeIntervalMs = 20;
/** Nothing in a scene takes so long; a storm is over when nothing has come for that time. */
const quietMs = 1_000;
const quietMsMax = 20_000;

export class Stage implements AsyncDisposable {
  readonly #peers: readonly Peer[];
  readonly #programs: Program[] = [];
  /** How many are heard in a network, by its URL. */
  readonly #heard = new Map<string, number>();
  /** With how many they hear in all their networks. */
  readonly #plexuses = new Map<Program, number>();

  constructor(peers: readonly Peer[]) {
    this.#peers = peers;
  }

  /** A pair; the first one listens. */
  async pair(): Promise<Link> {
    const url = `pair://${await address()}`;
    return [this.#network(`${url}?bind`, 1), this.#network(url, 1)];
  }

  /** Two of pub/sub, each of which publishes to the other. */
  async pubsub(): Promise<Link> {
    const [one, other] = [await address(), await address()];
    return [
      this.#network(`pubsub://${one}?peers=${other}`, 1),
      this.#network(`pubsub://${other}?peers=${one}`, 1),
    ];
  }

  /** As `pubsub`, and a third one, that hears nobody and is heard by the first one only. */
  async pubsubWithThird(): Promise<readonly [...Link, third: Network]> {
    const [one, other, third] = [await address(), await address(), await address()];
    return [
      this.#network(`pubsub://${one}?peers=${other},${third}`, 2),
      this.#network(`pubsub://${other}?peers=${one}`, 1),
      this.#network(`pubsub://${third}`, 0),
    ];
  }

  /** Two of pub/sub by a proxy of libzmq, which sends back to each what it sent. */
  async proxied(): Promise<Link> {
    const [proxy, one, other] = [await address(), await address(), await address()];
    await this.#start("pyzmq", "proxy", [proxy, one, other]);
    // Each hears itself as well.
    return [
      this.#network(`pubsub://${one}?peers=${proxy}`, 2),
      this.#network(`pubsub://${other}?peers=${proxy}`, 2),
    ];
  }

  /** Starts a plexus; resolves when it listens. */
  async plexus(name: Peer["name"], ...networks: readonly Network[]): Promise<Program> {
    const texts = networks.map((network) => JSON.stringify(network));
    const program = await this.#start(name, "plexus", texts);
    const heard = networks.map(({ url }) => this.#heard.get(url) ?? 0);
    this.#plexuses.set(
      program,
      heard.reduce((sum, count) => sum + count, 0),
    );
    return program;
  }

  /** Resolves when each plexus hears whom it should. */
  async joined(): Promise<void> {
    const timer = setInterval(() => {
      for (const [index, program] of [...this.#plexuses.keys()].entries()) {
        program.tell({ probe: `${index}` });
      }
    }, probeIntervalMs);
    try {
      for (const [program, count] of this.#plexuses) await program.probedFrom(count);
    } finally {
      clearInterval(timer);
    }
  }

  /** Resolves when nothing arrives any more anywhere. */
  async quiet(): Promise<void> {
    const sinceMs = performance.now();
    const endsMs = sinceMs + quietMsMax;
    for (;;) {
      const silenceMs = performance.now() - Math.max(sinceMs, this.lastArrivalMs);
      if (silenceMs > quietMs) return;
      if (performance.now() > endsMs) throw new Error(`messages arrive for ${quietMsMax} ms`);
      await passed(quietMs - silenceMs + 1);
    }
  }

  /** By `performance.now()`. */
  get lastArrivalMs(): number {
    return Math.max(...[...this.#plexuses.keys()].map((program) => program.lastArrivalMs));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const program of this.#programs) await program[Symbol.asyncDispose]();
  }

  #network(url: string, heardCount: number): Network {
    this.#heard.set(url, heardCount);
    return { url };
  }

  async #start(
    name: Peer["name"],
    programName: "plexus" | "proxy",
    args: readonly string[],
  ): Promise<Program> {
    const peer = this.#peers.find((each) => each.name === name);
    if (peer === undefined) throw new Error(`${name} is not set up`);
    const [file, ...before] = peer.command(programName);
    const program = new Program(`${name}, the ${programName},`, [file, ...before, ...args]);
    this.#programs.push(program);
    await program.listening();
    return program;
  }
}

async function address(): Promise<string> {
  return `127.0.0.1:${await freePort()}`;
}
