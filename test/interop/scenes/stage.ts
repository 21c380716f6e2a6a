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
  /** With the number of its networks. */
  readonly #plexuses = new Map<Program, number>();

  constructor(peers: readonly Peer[]) {
    this.#peers = peers;
  }

  /** A pair; the first one listens. */
  async pair(): Promise<Link> {
    const url = `pair://${await address()}`;
    return [{ url: `${url}?bind` }, { url }];
  }

  /** Two of pub/sub, each of which publishes to the other. */
  async pubsub(): Promise<Link> {
    const [one, other] = [await address(), await address()];
    return [{ url: `pubsub://${one}?peers=${other}` }, { url: `pubsub://${other}?peers=${one}` }];
  }

  /** Two of pub/sub by a proxy of libzmq, which sends back to each what it sent. */
  async proxied(): Promise<Link> {
    const [proxy, one, other] = [await address(), await address(), await address()];
    await this.#start("pyzmq", "proxy", [proxy, one, other]);
    return [{ url: `pubsub://${one}?peers=${proxy}` }, { url: `pubsub://${other}?peers=${proxy}` }];
  }

  /** Starts a plexus; resolves when it listens. */
  async plexus(name: Peer["name"], ...networks: readonly Network[]): Promise<Program> {
    const texts = networks.map((network) => JSON.stringify(network));
    const program = await this.#start(name, "plexus", texts);
    this.#plexuses.set(program, networks.length);
    return program;
  }

  /**
   * Resolves when messages come through from each network of each plexus.
   * @param senderCount Those that each hears in each network.
   */
  async joined(senderCount = 1): Promise<void> {
    const timer = setInterval(() => {
      for (const [index, program] of [...this.#plexuses.keys()].entries()) {
        program.tell({ probe: `${index}` });
      }
    }, probeIntervalMs);
    try {
      for (const [program, count] of this.#plexuses) await program.probedFrom(senderCount * count);
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
