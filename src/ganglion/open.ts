/** openGanglion: a transport from a URL; what a scheme needs is loaded when its URL is met. */
import { checkOptions } from "../options.ts";
import type { Ganglion } from "./ganglion.ts";
import { pairLimitTable } from "./pair/options.ts";
import type { PairOptions } from "./pair.ts";
import { type PairUrl, parseGanglionUrl } from "./url.ts";

/** What the ganglion of any scheme takes, but its address, which the URL has. */
export type OpenOptions = Omit<PairOptions, "bind" | "connect">;

/**
 * Opens the ganglion that `url` names:
 *
 * - `pair://HOST:PORT`: a TCP pair that connects; `pair://HOST:PORT?bind`: one that listens. The
 *   port is 5580 where none is given; `*` as host listens on all interfaces.
 * - `pair+ipc:///PATH`, `pair+ipc:///PATH?bind`: the same over the Unix-domain socket `/PATH`. With
 *   two slashes the path is relative, and starts from the working directory. Where a path has `?`,
 *   `#` or `%` they are `%3F`, `%23` and `%25`.
 *
 * `segment=LABEL` may be added to each (see `Ganglion.segment`).
 *
 * @throws {UsageError} if the URL is malformed, or its scheme, a parameter or an option is unknown.
 * @throws {TransportError} if the system refuses, for example because the port is taken.
 */
export async function openGanglion(url: string, options: OpenOptions = {}): Promise<Ganglion> {
  const parsed = parseGanglionUrl(url);
  checkOptions("openGanglion", options, pairLimitTable);
  const all: OpenOptions = { ...options, ...parsed.options };
  switch (parsed.kind) {
    case "pair":
      return await openPair(parsed, all);
  }
}

async function openPair({ address, bind }: PairUrl, options: OpenOptions): Promise<Ganglion> {
  const { PairGanglion } = await import("./pair.ts");
  const ganglion = new PairGanglion({
    ...options,
    ...(bind ? { bind: address } : { connect: address }),
  });
  await ganglion.opened;
  return ganglion;
}
