/** Multicast nodes of one test: on the loopback interface, at a port of their own. */
import { onTestFinished } from "vitest";
import { MulticastGanglion, type MulticastOptions } from "../../src/ganglion/multicast.ts";
import type { Incident } from "../../src/incident.ts";
import { until } from "../../src/testing/until.ts";
import { randomPort } from "./random-port.ts";

export class MulticastNodes {
  readonly port: number = randomPort();
  readonly #open: MulticastGanglion[] = [];

  constructor() {
    onTestFinished(async () => {
      await Promise.all(this.#open.map((node) => node.close({ lingerMs: 0 })));
    });
  }

  /** It may not be open yet. */
  make(options: MulticastOptions = {}): MulticastGanglion {
    const usual = { port: this.port, interface: "127.0.0.1", graceMs: 50 };
    const node = new MulticastGanglion({ ...usual, ...options });
    this.#open.push(node);
    return node;
  }

  /** Resolves when it is open, and each hears all others that were opened so. */
  async open(options: MulticastOptions = {}): Promise<MulticastGanglion> {
    const node = this.make(options);
    await node.opened;
    return node;
  }

  /** Resolves when each hears all others. */
  async meet(...nodes: readonly MulticastGanglion[]): Promise<void> {
    await until("each hears all others", () =>
      nodes.every(
        ({ peers }) => peers.length === nodes.length - 1 && peers.every(({ voter }) => voter),
      ),
    );
  }
}

/** The incidents of a node from now on. */
export function incidentsAt(node: MulticastGanglion): Incident[] {
  const incidents: Incident[] = [];
  node.on("incident", (incident) => incidents.push(incident));
  return incidents;
}
