/** The URLs of ganglia, taken apart. */
import { UsageError } from "../errors.ts";
import { misgiven } from "../given.ts";
import { portMax, type StreamAddress } from "../io/address.ts";
import type { GanglionOptions } from "./options.ts";

/** What the URL of a pair says. */
export interface PairUrl {
  readonly kind: "pair";
  readonly address: StreamAddress;
  readonly bind: boolean;
  readonly options: Pick<GanglionOptions, "segment">;
}

/** What the URL of a pub/sub node says. */
export interface PubSubUrl {
  readonly kind: "pubsub";
  readonly bind: StreamAddress;
  readonly peers: readonly StreamAddress[];
  readonly options: Pick<GanglionOptions, "segment">;
}

/** What the URL of a multicast node says. */
export interface MulticastUrl {
  readonly kind: "multicast";
  /** The file with the group key, where one is named. */
  readonly keyFile: string | undefined;
  readonly options: Pick<GanglionOptions, "segment"> & {
    readonly network?: string;
    readonly port?: number;
    readonly interface?: string;
  };
}

/** What a URL says. Its `kind` is the kind of ganglion, which may have several schemes. */
export type GanglionUrl = PairUrl | PubSubUrl | MulticastUrl;

const pairPortDefault = 5580;
const pubSubPortDefault = 5570;
const multicastForm = "multicast://239.255.0.0/16:PORT and parameters; [ff15::]/112 for IPv6";

/** The schemes there are, each with what reads its URLs. */
const schemes: Readonly<Record<string, (url: string) => GanglionUrl>> = {
  pair: (url) => readPair(url, splitTcp(url, pairPortDefault)),
  "pair+ipc": (url) => readPair(url, splitIpc(url)),
  pubsub: (url) => readPubSub(url, splitTcp(url, pubSubPortDefault), tcpPeer),
  "pubsub+ipc": (url) => readPubSub(url, splitIpc(url), (path) => ({ path })),
  multicast: readMulticast,
};

/** @throws {UsageError} that says what is wrong with the URL and what would be right. */
export function parseGanglionUrl(text: string): GanglionUrl {
  if (typeof text !== "string") throw misgiven("the URL given to openGanglion", text, "a string");
  const url = text.trim();
  const scheme = schemeOf(url);
  const read = Object.hasOwn(schemes, scheme) ? schemes[scheme] : undefined;
  if (read !== undefined) return read(url);
  throw urlError(url, `it begins with none of: ${knownSchemes()}`);
}

function readPair(url: string, { address, parameters }: Place): PairUrl {
  checkParameters(url, parameters, ["bind", "segment"]);
  const bind = parameters.get("bind");
  if (bind !== null && bind !== "" && bind !== "true") {
    throw urlError(url, `bind takes no value, but is ${bind}`);
  }
  return { kind: "pair", address, bind: bind !== null, options: segmentOf(url, parameters) };
}

/** @param peer Reads one of the peers. */
function readPubSub(
  url: string,
  { address, parameters }: Place,
  peer: (text: string, url: string) => StreamAddress,
): PubSubUrl {
  checkParameters(url, parameters, ["peers", "segment"]);
  const texts = parameters.get("peers")?.split(",") ?? [];
  if (texts.includes("")) throw urlError(url, "one of its peers is empty; a comma is between two");
  const peers = texts.map((text) => peer(text, url));
  return { kind: "pubsub", bind: address, peers, options: segmentOf(url, parameters) };
}

/** A network has a slash in it, which to `URL` is where a path begins. */
function readMulticast(url: string): MulticastUrl {
  const [, place, query] = /^[^:]*:\/\/([^?#]*)(?:\?([^#]*))?$/.exec(url) ?? [];
  if (place === undefined) throw urlError(url, `a multicast URL is ${multicastForm}`);
  const parameters = new URLSearchParams(query);
  checkParameters(url, parameters, ["interface", "key", "segment"]);
  const keyFile = parameters.get("key");
  if (keyFile === "") throw urlError(url, "its key names no file");
  const via = parameters.get("interface");
  if (via === "") throw urlError(url, "its interface has no name; leave it out for the usual one");
  const options = {
    ...readNetwork(url, place),
    ...(via === null ? {} : { interface: via }),
    ...segmentOf(url, parameters),
  };
  return { kind: "multicast", keyFile: keyFile ?? undefined, options };
}

/** Where nothing is said the node itself knows what is usual. */
function readNetwork(
  url: string,
  place: string,
): Pick<MulticastUrl["options"], "network" | "port"> {
  if (place === "") return {};
  const [, bracketed, plain = bracketed, prefix, portText] =
    /^(?:\[([^\]]*)\]|([^/:@]*))\/(\d+)(?::([^/]*))?\/?$/.exec(place) ?? [];
  if (plain === undefined || prefix === undefined) {
    throw urlError(
      url,
      `${place} is no network with a prefix, and a port if need be: ${multicastForm}`,
    );
  }
  const network = `${plain}/${prefix}`;
  if (portText === undefined) return { network };
  const port = Number(portText);
  if (/^\d+$/.test(portText) && port >= 1 && port <= portMax) return { network, port };
  throw urlError(url, `its port is ${portText}; a port of groups is a number from 1 to ${portMax}`);
}

function tcpPeer(text: string, url: string): StreamAddress {
  if (/[/?#@]/.test(text)) throw urlError(url, `its peer ${text} is not HOST:PORT`);
  return splitTcp(`pubsub://${text}`, pubSubPortDefault).address;
}

function checkParameters(url: string, given: URLSearchParams, known: readonly string[]): void {
  for (const name of given.keys()) {
    if (!known.includes(name)) {
      throw urlError(url, `its parameter ${name} is not known; known: ${known.join(", ")}`);
    }
    if (given.getAll(name).length > 1) throw urlError(url, `it has ${name} more than once`);
  }
}

function segmentOf(url: string, given: URLSearchParams): Pick<GanglionOptions, "segment"> {
  const segment = given.get("segment");
  if (segment === "") throw urlError(url, "its segment has no name");
  return segment === null ? {} : { segment };
}

/** What follows the scheme: an address of a stream, and parameters. */
interface Place {
  readonly address: StreamAddress;
  readonly parameters: URLSearchParams;
}

function splitTcp(url: string, portDefault: number): Place {
  const scheme = schemeOf(url);
  const parts = splitUrl(url, scheme);
  if (
    parts.username !== "" ||
    parts.password !== "" ||
    parts.hash !== "" ||
    parts.pathname.length > 1
  ) {
    throw urlError(url, `a ${scheme} URL is ${scheme}://HOST:PORT and parameters, nothing else`);
  }
  if (parts.hostname === "") throw urlError(url, `it names no host: ${scheme}://HOST:PORT`);
  const host = hostOf(parts.hostname);
  const port = parts.port === "" ? portDefault : Number(parts.port);
  return { address: { host, port }, parameters: parts.searchParams };
}

function splitUrl(url: string, scheme: string): URL {
  try {
    return new URL(url);
  } catch (cause) {
    throw urlError(url, faultOf(url, scheme), cause);
  }
}

/** Why `URL` does not take it, which it does not say. */
function faultOf(url: string, scheme: string): string {
  const [, port = ""] = /:\/\/(?:\[[^\]]*\]|[^:/?#]*):([^/?#]*)/.exec(url) ?? [];
  if (port.includes(":")) return `an IPv6 address stands in brackets: ${scheme}://[::1]:PORT`;
  const isPort = /^\d*$/.test(port) && Number(port) <= portMax;
  return isPort
    ? `it names no host: ${scheme}://HOST:PORT`
    : `its port is ${port}; a port is a number from 0 to ${portMax}`;
}

/** IPv6 addresses stand in brackets in a URL; `*` is every interface. */
function hostOf(hostname: string): string {
  if (hostname === "*") return "0.0.0.0";
  return hostname.startsWith("[") ? hostname.slice(1, -1) : hostname;
}

/**
 * All that stands between `://` and the parameters is the path, as in the endpoints of libzmq: a
 * third slash makes it absolute. `URL` would take the first part of a relative one for a host.
 */
function splitIpc(url: string): Place {
  const scheme = schemeOf(url);
  const [, path, query] = /^[^:]*:\/\/([^?#]*)(?:\?([^#]*))?$/.exec(url) ?? [];
  if (path === undefined) {
    throw urlError(url, `a ${scheme} URL is ${scheme}:///PATH and parameters; # in them is %23`);
  }
  if (path === "") throw urlError(url, `it names no path: ${scheme}:///PATH`);
  return { address: { path: decodePath(url, path) }, parameters: new URLSearchParams(query) };
}

function decodePath(url: string, path: string): string {
  try {
    return decodeURIComponent(path);
  } catch (cause) {
    throw urlError(url, "% in its path begins no escaped character; itself it is %25", cause);
  }
}

/** In lower case; empty where there is none. */
function schemeOf(url: string): string {
  const [, scheme = ""] = /^([a-z][a-z0-9+.-]*):/i.exec(url) ?? [];
  return scheme.toLowerCase();
}

function knownSchemes(): string {
  return Object.keys(schemes)
    .map((scheme) => `${scheme}://`)
    .join(", ");
}

function urlError(url: string, why: string, cause?: unknown): UsageError {
  const options = cause === undefined ? {} : { cause };
  return new UsageError(`"${url}" is not the URL of a ganglion: ${why}`, {
    ...options,
    details: { url },
  });
}
