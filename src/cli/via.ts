/** Via: the transports a command goes over, by option or environment. */
import { type Ganglion, type OpenOptions, openGanglion, type Plexus } from "plexo";

/** Where none is given: needs no address, so that the command finds whoever has given none too. */
const viaDefault = "multicast://239.255.0.0/16:5560";

/** The URLs given as options, else those in `PLEXO_VIA`, else that of the usual multicast network. */
export function chooseVia(
  given: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  if (given.length > 0) return given;
  const urls = splitUrls(env["PLEXO_VIA"] ?? "");
  return urls.length > 0 ? urls : [viaDefault];
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
