/** Meeting: how the programs of the demo come to hear each other. */

/** Multicast on this machine: needs neither a network nor an address of anybody. */
export const usualVia = "multicast://?interface=127.0.0.1";

export interface Meeting {
  /** In words. */
  readonly place: string;
  /** The URL of a program's transport; undefined for the usual one, of which it need not be told. */
  urlOf(name: string): string | undefined;
  /** The URL for one who is no part of it, and listens to one program at least. */
  urlToHear(name: string): string;
}

/** Where there is one network for all. @param url Its URL, where it is not the usual one. */
export function onNetwork(url?: string): Meeting {
  const where = url === undefined ? "on the loopback interface" : `over ${url}`;
  return {
    place: `multicast ${where}; nobody has an address of anybody`,
    urlOf: () => url,
    urlToHear: () => url ?? usualVia,
  };
}
