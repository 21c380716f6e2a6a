/** Via: the transports a command goes over, by option or environment. */
import { type Ganglion, type OpenOptions, openGanglion, type Plexus, UsageError } from "plexo";

/**
 * The URLs given as options, else those in `PLEXO_VIA`.
 * @throws {UsageError} if there is none.
 */
export function chooseVia(
  given: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  if (given.length > 0) return given;
  const urls = splitUrls(env["PLEXO_VIA"] ?? "");
  if (urls.length > 0) return urls;
  throw new UsageError(
    "no transport given: add --via URL, for example --via pair://127.0.0.1:5580, " +
      "or set PLEXO_VIA to such a URL",
  );
}

/** At white space, and at commas before a scheme: within a URL a comma is a part of it. */
function splitUrls(text: string): readonly string[] {
  return text.split(/\s+|,+(?=[a-z][a-z0-9+.-]*:\/\/|\s|$)/i).filter((url) => url !== "");
}

/**
 * Opens each of `urls` and joins it to `plexus`, which closes it.
 * @throws {UsageError} if a URL is malformed. @throws {TransportError} if the system refuses.
 */
export async function joinAll(
  plexus: Plexus,
  urls: readonly string[],
  options: OpenOptions,
): Promise<readonly Ganglion[]> {
  const ganglia: Ganglion[] = [];
  for (const url of urls) {
    const ganglion = await openGanglion(url, options);
    plexus.infuse(ganglion);
    ganglia.push(ganglion);
  }
  return ganglia;
}
