/**
 * Lan: hosts of a test, each a network namespace of Linux, joined by veth pairs and a bridge. It may
 * have a far side, another network that a host named `relay` joins to the near one.
 *
 * All of it is gone after `Symbol.asyncDispose`, and at the latest when the process ends. What a
 * process has left that was killed, the next one removes.
 */
import { execFileSync } from "node:child_process";
import process from "node:process";
import { run } from "../../support/set-up/process.ts";

export interface Host {
  readonly name: string;
  /** Of its interface `eth0`. */
  readonly address: string;
  readonly address6: string;
  /** How a command is run on it. */
  command(command: readonly [string, ...string[]]): readonly [string, ...string[]];
  /** From now on drops so many percent of the UDP datagrams that arrive at this port. */
  lose(percent: number, port: number): Promise<void>;
  /** From now on drops the UDP datagrams that arrive at this port with another TTL. */
  dropUnlessTtl(ttl: number, port: number): Promise<void>;
}

export interface LanOptions {
  readonly near: readonly string[];
  readonly far?: readonly string[];
}

const prefix = "plexo-interop";

/** Of the host that joins both sides; others have lower ones. */
const relayNumber = 254;

/** Namespaces of this process that are there. */
const open = new Set<string>();
let lanCount = 0;

export class Lan implements AsyncDisposable {
  readonly #hosts = new Map<string, Host>();
  readonly #namespaces: string[] = [];
  readonly #name = `${prefix}-${process.pid}-${lanCount++}`;

  static async open({ near, far = [] }: LanOptions): Promise<Lan> {
    const lan = new Lan();
    try {
      await lan.#build(near, far);
    } catch (error) {
      await lan[Symbol.asyncDispose]();
      throw error;
    }
    return lan;
  }

  /** But for the one that joins both sides. */
  get hosts(): readonly Host[] {
    return [...this.#hosts.values()].filter(({ name }) => name !== "relay");
  }

  host(name: string): Host {
    const host = this.#hosts.get(name);
    if (host === undefined) throw new Error(`there is no host ${name}`);
    return host;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const namespace of this.#namespaces.splice(0)) {
      await run("ip", ["netns", "del", namespace]);
      open.delete(namespace);
    }
  }

  async #build(near: readonly string[], far: readonly string[]): Promise<void> {
    const bridge = await this.#namespace("switch");
    const sides = far.length === 0 ? [near] : [near, far];
    for (const [side, names] of sides.entries()) {
      await ip("-n", bridge, "link", "add", `br${side}`, "type", "bridge", "mcast_snooping", "0");
      await ip("-n", bridge, "link", "set", `br${side}`, "up");
      for (const [index, name] of names.entries()) {
        const namespace = await this.#namespace(name);
        await plug({ namespace, bridge, side, number: index + 1, device: "eth0" });
        if (sides.length > 1) await routeByRelay(namespace, side);
        this.#hosts.set(name, hostOf(name, namespace, side, index + 1));
      }
    }
    if (sides.length > 1) await this.#addRelay(bridge);
  }

  async #addRelay(bridge: string): Promise<void> {
    const namespace = await this.#namespace("relay");
    for (const side of [0, 1]) {
      await plug({ namespace, bridge, side, number: relayNumber, device: `eth${side}` });
    }
    // What is sent to one host alone goes from side to side as it is.
    await run("ip", [
      ...["netns", "exec", namespace],
      ...["sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward"],
    ]);
    this.#hosts.set("relay", hostOf("relay", namespace, 0, relayNumber));
  }

  async #namespace(name: string): Promise<string> {
    const namespace = `${this.#name}-${name}`;
    open.add(namespace);
    await ip("netns", "add", namespace);
    this.#namespaces.push(namespace);
    await ip("-n", namespace, "link", "set", "lo", "up");
    return namespace;
  }
}

/** The address on a side of the host with this number there. */
function addressOf(side: number, number: number): string {
  return `10.77.${side}.${number}`;
}

/** The address of the relay on a side. */
export function relayAddress(side: number): string {
  return addressOf(side, relayNumber);
}

/** Removes what processes have left that were killed. */
export async function removeLeftovers(): Promise<void> {
  const listed = await run("ip", ["netns", "list"]);
  for (const [namespace, pid] of listed.matchAll(new RegExp(`^${prefix}-(\\d+)-\\S+`, "gm"))) {
    if (!isRunning(Number(pid))) await ip("netns", "del", namespace);
  }
}

/** Removes what this process has, at once; for its end. */
function removeAll(): void {
  for (const namespace of open) {
    try {
      execFileSync("ip", ["netns", "del", namespace], { stdio: "ignore" });
    } catch {
      // It was not made yet, or is gone already.
    }
  }
}

process.on("exit", removeAll);
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => process.exit(1));
}

interface Plug {
  readonly namespace: string;
  readonly bridge: string;
  readonly side: number;
  readonly number: number;
  readonly device: string;
}

async function plug({ namespace, bridge, side, number, device }: Plug): Promise<void> {
  const port = `port${side}.${number}`;
  const veth = ["link", "add", device, "netns", namespace, "type", "veth"];
  await ip(...veth, "peer", "name", port, "netns", bridge);
  await ip("-n", bridge, "link", "set", port, "master", `br${side}`, "up");
  const address = [`${addressOf(side, number)}/24`, "dev", device];
  await ip("-n", namespace, "address", "add", ...address);
  const address6 = [`${address6Of(side, number)}/64`, "dev", device, "nodad"];
  await ip("-n", namespace, "address", "add", ...address6);
  await ip("-n", namespace, "link", "set", device, "up");
}

async function routeByRelay(namespace: string, side: number): Promise<void> {
  await ip("-n", namespace, "route", "add", "default", "via", relayAddress(side));
}

function hostOf(name: string, namespace: string, side: number, number: number): Host {
  return {
    name,
    address: addressOf(side, number),
    address6: address6Of(side, number),
    command: (command) => ["ip", "netns", "exec", namespace, ...command],
    lose: (percent, port) =>
      drop(namespace, percent > 0 ? [`udp dport ${port} numgen random mod 100 < ${percent}`] : []),
    dropUnlessTtl: (ttl, port) => drop(namespace, [`udp dport ${port} ip ttl != ${ttl}`]),
  };
}

/** From now on a host drops what matches one of these, and nothing else. */
async function drop(namespace: string, matches: readonly string[]): Promise<void> {
  const nft = (command: string): Promise<string> =>
    run("ip", ["netns", "exec", namespace, "nft", command]);
  await nft("add table inet loss");
  await nft("add chain inet loss input { type filter hook input priority 0; }");
  await nft("flush chain inet loss input");
  for (const match of matches) await nft(`add rule inet loss input ${match} counter drop`);
}

function address6Of(side: number, number: number): string {
  return `fd77:${side}::${number}`;
}

function ip(...args: readonly string[]): Promise<string> {
  return run("ip", args);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
