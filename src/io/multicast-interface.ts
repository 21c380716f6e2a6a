/** Multicast interface: by which of its network interfaces a host sends to groups and receives from them. */
import { createSocket } from "node:dgram";
import { networkInterfaces } from "node:os";
import { TransportError, UsageError } from "../errors.ts";
import { formatIp, parseIp } from "../protocol/ip.ts";

/** A network interface, with one of its addresses. */
export interface MulticastInterface {
  /** As the system calls it: `eth0`. */
  readonly name: string;
  /** Its address of the group's family. */
  readonly address: string;
  readonly family: "IPv4" | "IPv6";
  /** Whether it is the loopback interface, which reaches this host alone. */
  readonly internal: boolean;
}

/**
 * @param given The name or an address of an interface. Without it that of the route to `group` is
 *   taken, which mostly is the default route's; where no route leads there, the loopback interface.
 * @throws {UsageError} if there is no such interface, or it has no address of the group's family.
 */
export async function findMulticastInterface(
  given: string | undefined,
  group: string,
): Promise<MulticastInterface> {
  const family = group.includes(":") ? "IPv6" : "IPv4";
  const all = interfacesOf(family);
  if (given !== undefined && given !== "") {
    const wanted = canonical(given);
    const found = all.find(({ name, address }) => name === given || canonical(address) === wanted);
    if (found !== undefined) return found;
    throw new UsageError(
      `no interface "${given}" with an ${family} address; there are: ${namesOf(all)}`,
      { details: { interface: given, family } },
    );
  }
  const routed = await localAddressTowards(group, family);
  const found =
    all.find(({ address }) => routed !== undefined && canonical(address) === canonical(routed)) ??
    all.find(({ internal }) => internal);
  if (found !== undefined) return found;
  throw new TransportError(
    `no route leads to ${group}, and there is no loopback interface; name an interface`,
    { details: { group, family } },
  );
}

function interfacesOf(family: "IPv4" | "IPv6"): MulticastInterface[] {
  return Object.entries(networkInterfaces()).flatMap(([name, addresses = []]) =>
    addresses.flatMap((each) =>
      each.family === family
        ? { name, address: each.address, family, internal: each.internal }
        : [],
    ),
  );
}

function namesOf(all: readonly MulticastInterface[]): string {
  return all.map(({ name, address }) => `${name} (${address})`).join(", ") || "none";
}

/** So that two ways of writing one IPv6 address are equal. */
function canonical(address: string): string {
  const bytes = parseIp(address);
  return bytes === undefined ? address : formatIp(bytes);
}

/** The system chooses an address of its own when a socket is connected; nothing is sent. */
function localAddressTowards(group: string, family: "IPv4" | "IPv6"): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket(family === "IPv4" ? "udp4" : "udp6");
    const end = (address: string | undefined): void => {
      socket.close();
      resolve(address);
    };
    socket.once("error", () => end(undefined));
    socket.connect(9, group, () => end(socket.address().address));
  });
}
