/** Choice of an address for a type that nobody has decided on yet. */
import type { AddressSpace } from "./address-space.ts";
import { probe } from "./probe.ts";

/** So many probes are tried before the network is searched address by address. */
const probesTried = 256;

/** The search ends after so many addresses, all of the default network's. */
const addressesTried = 65_536;

/** @returns undefined if no address is free. */
export function chooseAddress(
  typeName: string,
  space: AddressSpace,
  isFree: (address: number) => boolean,
): number | undefined {
  for (let index = 0; index < probesTried; index += 1) {
    const address = probe(typeName, index, space.size);
    if (isFree(address)) return address;
  }
  const first = probe(typeName, 0, space.size);
  for (let step = 1; step < Math.min(space.size, addressesTried); step += 1) {
    const address = (first + step) % space.size;
    if (isFree(address)) return address;
  }
  return undefined;
}
