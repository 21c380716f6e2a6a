/** openGanglion: a transport from a URL; what a scheme needs is loaded when its URL is met. */
import { checkOptions } from "../options.ts";
import type { Ganglion } from "./ganglion.ts";
import { type MulticastOptions, multicastLimitTable } from "./multicast/options.ts";
import { pairLimitTable } from "./pair/options.ts";
import type { PairLimits } from "./pair.ts";
import { pubSubLimitTable } from "./pubsub/options.ts";
import type { PubSubOptions } from "./pubsub.ts";
import { type MulticastUrl, type PairUrl, type PubSubUrl, parseGanglionUrl } from "./url.ts";

/** What `pair://` and `pair+ipc://` take. */
export type OpenPairOptions = PairLimits;

/** What `pubsub://` and `pubsub+ipc://` take. */
export type OpenPubSubOptions = Omit<PubSubOptions, "bind" | "peers">;

/** What `multicast://` takes. */
export type OpenMulticastOptions = Omit<MulticastOptions, "network" | "port" | "interface">;

/** What the ganglion of the URL's scheme takes, but its addresses, which the URL has. */
export type OpenOptions = OpenPairOptions | OpenPubSubOptions | OpenMulticastOptions;

/**
 * Opens the ganglion that `url` names:
 *
 * - `pair://HOST:PORT`: a TCP pair that connects; `pair://HOST:PORT?bind`: one that listens. The
 *   port is 5580 where none is given; `*` as host listens on all interfaces.
 * - `pair+ipc:///PATH`, `pair+ipc:///PATH?bind`: the same over the Unix-domain socket `/PATH`. With
 *   two slashes the path is relative, and starts from the working directory. Where a path has `?`,
 *   `#` or `%` they are `%3F`, `%23` and `%25`.
 * - `pubsub://HOST:PORT?peers=HOST:PORT,HOST:PORT`: publishes at HOST:PORT, and listens to the peers.
 *   The port is 5570 where none is given, and 0 lets the system choose one.
 * - `pubsub+ipc:///PATH?peers=/PATH,/PATH`: the same over Unix-domain sockets. A comma is between two
 *   peers, so that no path of a peer can have one.
 *
 * - `multicast://239.255.0.0/16:PORT?interface=ADDRESS&key=FILE`: zero configuration on a network; see
 *   `MulticastGanglion`. All of it may be left out: `multicast://` has the usual network, port 5560,
 *   the interface of the route to it, and no key. The interface is a name or an address. The file has
 *   the group key in hexadecimal digits, and only its user may read it.
 *
 * `segment=LABEL` may be added to each (see `Ganglion.segment`).
 *
 * @throws {UsageError} if the URL is malformed, or its scheme, a parameter or an option is unknown.
 * @throws {TransportError} if the system refuses, for example because the port is taken.
 */
export async function openGanglion(url: string, options: OpenOptions = {}): Promise<Ganglion> {
  const parsed = parseGanglionUrl(url);
  switch (parsed.kind) {
    case "pair":
      checkOptions<OpenPairOptions>("openGanglion", options, pairLimitTable);
      return await openPair(parsed, options);
    case "pubsub":
      checkOptions<OpenPubSubOptions>("openGanglion", options, pubSubLimitTable);
      return await openPubSub(parsed, options);
    case "multicast":
      checkOptions<OpenMulticastOptions>("openGanglion", options, multicastLimitTable);
      return await openMulticast(parsed, options);
  }
}

async function openPair(
  { address, bind, options: ofUrl }: PairUrl,
  options: OpenPairOptions,
): Promise<Ganglion> {
  const { PairGanglion } = await import("./pair.ts");
  const where = bind ? { bind: address } : { connect: address };
  return await opened(new PairGanglion({ ...options, ...ofUrl, ...where }));
}

async function openPubSub(
  { bind, peers, options: ofUrl }: PubSubUrl,
  options: OpenPubSubOptions,
): Promise<Ganglion> {
  const { PubSubGanglion } = await import("./pubsub.ts");
  return await opened(new PubSubGanglion({ ...options, ...ofUrl, bind, peers }));
}

async function openMulticast(
  { keyFile, options: ofUrl }: MulticastUrl,
  options: OpenMulticastOptions,
): Promise<Ganglion> {
  const { MulticastGanglion } = await import("./multicast.ts");
  const key = keyFile === undefined ? {} : { groupKey: await groupKeyOf(keyFile) };
  return await opened(new MulticastGanglion({ ...options, ...ofUrl, ...key }));
}

/** One that cannot open may hold something all the same: it has begun to connect to its peers, say. */
async function opened<G extends Ganglion & { readonly opened: Promise<void> }>(
  ganglion: G,
): Promise<G> {
  try {
    await ganglion.opened;
  } catch (cause) {
    await ganglion.close();
    throw cause;
  }
  return ganglion;
}

async function groupKeyOf(path: string): Promise<Uint8Array> {
  const { readKeyFile } = await import("../io/key-file.ts");
  return await readKeyFile(path);
}
