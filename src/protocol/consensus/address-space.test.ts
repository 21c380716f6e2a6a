import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bytesOf, hexOf } from "../../../test/envelope/vectors.ts";
import { PeerError, UsageError } from "../../errors.ts";
import { AddressSpace, reservedCount } from "./address-space.ts";

const usual = new AddressSpace("239.255.0.0/16");

describe("the default network", () => {
  test("has 65,536 addresses: 32 are reserved, and LCM's is skipped", () => {
    expect(usual.size).toBe(65_536);
    expect(usual.capacity).toBe(65_503);
    const leased = Array.from({ length: usual.size }, (_, offset) => offset).filter((offset) =>
      usual.canLease(offset),
    );
    expect(leased).toHaveLength(usual.capacity);
    expect(leased[0]).toBe(reservedCount);
    expect(usual.canLease(76 * 256 + 67)).toBe(false);
    expect(usual.textAt(76 * 256 + 67)).toBe("239.255.76.67");
    expect(usual.canLease(65_536)).toBe(false);
  });

  test("gives addresses by their offsets, and offsets by the addresses", () => {
    expect(hexOf(usual.bytesAt(77))).toBe("efff004d");
    expect(usual.textAt(65_535)).toBe("239.255.255.255");
    expect(usual.offsetOf(bytesOf("efff0100"))).toBe(256);
    for (const hex of ["effe ffff", "f000 0000", "ef", "efff004d00", "", "00".repeat(16)]) {
      expect(usual.offsetOf(bytesOf(hex.replace(" ", "")))).toBeUndefined();
    }
  });

  test("refuses a peer's address outside of it, by name", () => {
    expect(usual.offsetOfPeer(bytesOf("efff004d"))).toBe(77);
    for (const [hex, reason] of [
      ["effeffff", "address 239.254.255.255 is outside 239.255.0.0/16"],
      ["ff15".padEnd(32, "0"), "address ff15:: is outside"],
      ["efff00", "address 3 bytes is outside"],
    ] as const) {
      expect(() => usual.offsetOfPeer(bytesOf(hex))).toThrow(PeerError);
      expect(() => usual.offsetOfPeer(bytesOf(hex))).toThrow(reason);
    }
  });

  test.each([-1, 65_536, 0.5, Number.NaN])("has no address %d", (offset) => {
    expect(() => usual.bytesAt(offset)).toThrow(UsageError);
    expect(() => usual.textAt(offset)).toThrow(`no address ${offset} in 239.255.0.0/16`);
  });
});

test("an address is read where it stands, whatever surrounds it", () => {
  const bytes = bytesOf("ffffff" + "efff004d" + "ff");
  expect(usual.offsetOf(bytes.subarray(3, 7))).toBe(77);
});

describe("other networks", () => {
  test("of IPv6 have as many, or the lowest 2^32", () => {
    const small = new AddressSpace("ff15::/112");
    expect([small.size, small.capacity]).toEqual([65_536, 65_504]);
    expect(small.textAt(0x123)).toBe("ff15::123");
    expect(small.offsetOf(bytesOf("ff15".padEnd(29, "0") + "1ff"))).toBe(0x1ff);
    const large = new AddressSpace("ff15:0:0:7::/64");
    expect(large.size).toBe(2 ** 32);
    expect(large.textAt(2 ** 32 - 1)).toBe("ff15::7:0:0:ffff:ffff");
    expect(large.offsetOf(bytesOf("ff15000000000007" + "0000000080000000"))).toBe(2 ** 31);
    expect(large.offsetOf(bytesOf("ff15000000000007" + "0000000100000000"))).toBeUndefined();
  });

  test("may begin anywhere", () => {
    const high = new AddressSpace("239.255.255.192/26");
    expect([high.size, high.capacity]).toEqual([64, 32]);
    expect(high.textAt(63)).toBe("239.255.255.255");
    expect(high.offsetOf(bytesOf("efffffbf"))).toBeUndefined();
    expect(new AddressSpace("224.0.0.0/4").size).toBe(2 ** 28);
    expect(new AddressSpace("ff00::/8").size).toBe(2 ** 32);
  });

  test("each address is found at its offset, and no other is", () => {
    const networks = fc.constantFrom("239.255.0.0/16", "224.0.0.0/4", "239.0.0.64/26", "ff15::/99");
    fc.assert(
      fc.property(networks, fc.double({ min: 0, max: 1, noNaN: true }), (network, part) => {
        const space = new AddressSpace(network);
        const offset = Math.min(space.size - 1, Math.floor(part * space.size));
        expect(space.offsetOf(space.bytesAt(offset))).toBe(offset);
        expect(space.offsetOfPeer(space.bytesAt(offset))).toBe(offset);
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 4, maxLength: 4 }), (bytes) => {
        const isInside = bytes[0] === 239 && bytes[1] === 255;
        expect(usual.offsetOf(bytes) !== undefined).toBe(isInside);
      }),
    );
  });

  test.each([
    ["", "is not a multicast network"],
    ["239.255.0.0", "is not a multicast network"],
    ["239.255.0.0/", "is not a multicast network"],
    ["239.255.0.0/33", "is not a multicast network"],
    ["239.255.0.0/16/16", "is not a multicast network"],
    ["239.255.0.0/1 6", "is not a multicast network"],
    ["10.0.0.0/16", "is not a multicast network"],
    ["240.0.0.0/16", "is not a multicast network"],
    ["224.0.0.0/3", "is not a multicast network"],
    ["ff00::/7", "is not a multicast network"],
    ["fe80::/64", "is not a multicast network"],
    ["ff15::/129", "is not a multicast network"],
    ["239.255.0.1/16", "has bits set beyond its prefix of 16 bits"],
    ["239.255.128.0/16", "has bits set beyond its prefix"],
    ["ff15::1:0:0/64", "has bits set beyond its prefix"],
    ["ff15:0:0:1::/63", "has bits set beyond its prefix"],
    ["239.255.0.0/27", "has 32 addresses, of which the first 32 are reserved"],
    ["239.255.0.0/32", "has 1 addresses"],
  ])('"%s" is refused', (network, reason) => {
    expect(() => new AddressSpace(network)).toThrow(UsageError);
    expect(() => new AddressSpace(network)).toThrow(reason);
  });
});

describe("skipped addresses", () => {
  test("are not leased, and do not count where they are reserved, outside or the same", () => {
    const skipped = ["239.255.0.32", "239.255.0.32", "239.255.0.1", "239.254.0.99", "ff15::1"];
    const space = new AddressSpace("239.255.0.0/16", skipped);
    expect(space.capacity).toBe(usual.capacity - 1);
    expect([32, 33].map((offset) => space.canLease(offset))).toEqual([false, true]);
  });

  test("must be addresses, and leave one that is free", () => {
    expect(() => new AddressSpace("239.255.0.0/16", ["239.255.0"])).toThrow(
      '"239.255.0" is not an IP address',
    );
    const all = Array.from({ length: 32 }, (_, index) => `239.0.0.${32 + index}`);
    expect(() => new AddressSpace("239.0.0.0/26", all)).toThrow("choose a larger network");
    expect(new AddressSpace("239.0.0.0/26", all.slice(1)).capacity).toBe(1);
  });
});
