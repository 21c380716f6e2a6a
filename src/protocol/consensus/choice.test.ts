import { describe, expect, test } from "vitest";
import { AddressSpace } from "./address-space.ts";
import { chooseAddress } from "./choice.ts";
import { probe } from "./probe.ts";

const space = new AddressSpace("239.255.0.0/16");
const small = new AddressSpace("239.255.0.0/26");
const type = "dev.Tea";

describe("R7: an address for a type that has none", () => {
  test("R7: the first probe that is free", () => {
    const [first, second] = [probe(type, 0, space.size), probe(type, 1, space.size)];
    expect(chooseAddress(type, space, () => true)).toBe(first);
    expect(chooseAddress(type, space, (address) => address !== first)).toBe(second);
  });

  test("R7: if no probe is free, the next free one after the first probe, round and round", () => {
    for (let address = 32; address < small.size; address += 1) {
      expect(chooseAddress(type, small, (asked) => asked === address)).toBe(address);
    }
  });

  test("R11: none, if none is free", () => {
    expect(chooseAddress(type, space, () => false)).toBeUndefined();
  });
});
