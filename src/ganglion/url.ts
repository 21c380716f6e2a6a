/** The URLs of ganglia, taken apart. */
import { UsageError } from "../errors.ts";
import type { GanglionOptions } from "./base.ts";

export interface GanglionUrl {
  readonly scheme: "pair";
  readonly address: { readonly host: string; readonly port: number };
  readonly bind: boolean;
  readonly options: Pick<GanglionOptions, "segment">;
}

/** The schemes there are, each with its default port. */
const ports = { pair: 5580 } as const;

/** @throws {UsageError} that says what is wrong with the URL and what would be right. */
export function parseGanglionUrl(url: string): GanglionUrl {
  const parts = splitUrl(url);
  const scheme = parts.protocol.slice(0, -1);
  if (!isScheme(scheme)) {
    throw urlError(url, `its scheme ${scheme}: is not known; known: ${knownSchemes()}`);
  }
  if (
    parts.username !== "" ||
    parts.password !== "" ||
    parts.hash !== "" ||
    parts.pathname.length > 1
  ) {
    throw urlError(url, `a ${scheme} URL is ${scheme}://HOST:PORT and parameters, nothing else`);
  }
  if (parts.hostname === "") throw urlError(url, `it names no host: ${scheme}://HOST:PORT`);
  const { bind, segment } = parameters(url, parts.searchParams);
  return {
    scheme,
    address: {
      host: hostOf(parts.hostname),
      port: parts.port === "" ? ports[scheme] : Number(parts.port),
    },
    bind,
    options: segment === undefined ? {} : { segment },
  };
}

function splitUrl(url: string): URL {
  try {
    return new URL(url);
  } catch (cause) {
    const known = knownSchemes();
    throw urlError(url, `it is no URL; a ganglion's begins with one of: ${known}`, cause);
  }
}

function parameters(
  url: string,
  given: URLSearchParams,
): { readonly bind: boolean; readonly segment: string | undefined } {
  for (const [name, value] of given) {
    if (name !== "bind" && name !== "segment") {
      throw urlError(url, `its parameter ${name} is not known; known: bind, segment`);
    }
    if (name === "bind" && value !== "" && value !== "true") {
      throw urlError(url, `bind takes no value, but is ${value}`);
    }
    if (name === "segment" && value === "") throw urlError(url, "its segment has no name");
    if (given.getAll(name).length > 1) throw urlError(url, `it has ${name} more than once`);
  }
  return { bind: given.has("bind"), segment: given.get("segment") ?? undefined };
}

/** IPv6 addresses stand in brackets in a URL; `*` is every interface. */
function hostOf(hostname: string): string {
  if (hostname === "*") return "0.0.0.0";
  return hostname.startsWith("[") ? hostname.slice(1, -1) : hostname;
}

function isScheme(scheme: string): scheme is keyof typeof ports {
  return Object.hasOwn(ports, scheme);
}

function knownSchemes(): string {
  return Object.keys(ports)
    .map((scheme) => `${scheme}://`)
    .join(", ");
}

function urlError(url: string, why: string, cause?: unknown): UsageError {
  const options = cause === undefined ? {} : { cause };
  return new UsageError(`${url} is not the URL of a ganglion: ${why}`, {
    ...options,
    details: { url },
  });
}
