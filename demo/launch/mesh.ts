/** Mesh: the addresses at which the programs publish, each of which listens to all the others. */
import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import process from "node:process";
import type { Meeting } from "./meeting.ts";

/** Leaves the names of sockets some room in what the path of one may have, 103 bytes or more. */
const folderBytesMax = 80;

/** Whether sockets can be in `folder`, and their paths in a list of peers. */
export function takesSockets(folder: string, platform: string = process.platform): boolean {
  const isFit = Buffer.byteLength(folder) <= folderBytesMax && !folder.includes(",");
  return isFit && platform !== "win32";
}

export class Mesh implements Meeting {
  readonly place: string;
  readonly #scheme: string;
  /** Each program's, by the program's name. */
  readonly #addresses: ReadonlyMap<string, string>;
  /** Where one can publish who is no part of it. */
  readonly #spare: string;

  private constructor(
    place: string,
    scheme: string,
    addresses: ReadonlyMap<string, string>,
    spare: string,
  ) {
    this.place = place;
    this.#scheme = scheme;
    this.#addresses = addresses;
    this.#spare = spare;
  }

  /** Of Unix-domain sockets in `folder`, to which no other user of the machine can connect. */
  static atPaths(names: readonly string[], folder: string): Mesh {
    const pathOf = (name: string): string => escaped(join(folder, `${name}.sock`));
    const addresses = new Map(names.map((name) => [name, pathOf(name)]));
    const place = `pub/sub, each at a socket of its own in ${folder}`;
    return new Mesh(place, "pubsub+ipc", addresses, pathOf("visitor"));
  }

  /** Over TCP, at ports of this machine that are free now. */
  static async atPorts(names: readonly string[]): Promise<Mesh> {
    const ports = await freePorts(names.length);
    const addresses = new Map(names.map((name, index) => [name, `127.0.0.1:${ports[index]}`]));
    return new Mesh(
      "pub/sub, each at a port of its own of 127.0.0.1",
      "pubsub",
      addresses,
      "127.0.0.1:0",
    );
  }

  /** The URL of a program's transport: there it publishes, and listens to all the others. */
  urlOf(name: string): string {
    const own = this.#addressOf(name);
    return this.#url(
      own,
      [...this.#addresses.values()].filter((address) => address !== own),
    );
  }

  /** The URL for one who is no part of it, and listens to one program. */
  urlToHear(name: string): string {
    return this.#url(this.#spare, [this.#addressOf(name)]);
  }

  #addressOf(name: string): string {
    const address = this.#addresses.get(name);
    if (address === undefined) throw new Error(`${name} is no part of the mesh`);
    return address;
  }

  #url(own: string, peers: readonly string[]): string {
    return `${this.#scheme}://${own}?peers=${peers.join(",")}`;
  }
}

/** What would end the path in a URL, or be another character there. */
function escaped(path: string): string {
  return path.replace(/[%?#&+]/g, encodeURIComponent);
}

// Below those that systems give to who connects: among these, who connects again and again to a port
// where nobody listens yet may in the end be connected to itself.
const lowestPort = 20_000;
const portCount = 10_000;

async function freePorts(count: number): Promise<readonly number[]> {
  const start = Math.floor(Math.random() * portCount);
  const free: number[] = [];
  for (let tries = 0; free.length < count && tries < portCount; tries += 1) {
    const port = lowestPort + ((start + tries) % portCount);
    if (await isFree(port)) free.push(port);
  }
  return free;
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch {
    // Taken, or not for us: one is as good as the other.
    return false;
  }
  server.close();
  await once(server, "close");
  return true;
}
