import { isIP } from "node:net";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bytesOf, hexOf } from "../../test/envelope/vectors.ts";
import { formatIp, parseIp } from "./ip.ts";

// As ip_address of CPython 3.11.7's module ipaddress has them.
test.each([
  ["0.0.0.0", "00000000", "0.0.0.0"],
  ["239.255.0.77", "efff004d", "239.255.0.77"],
  ["255.255.255.255", "ffffffff", "255.255.255.255"],
  ["::", "00000000000000000000000000000000", "::"],
  ["::1", "00000000000000000000000000000001", "::1"],
  ["1::", "00010000000000000000000000000000", "1::"],
  ["1:2:3:4:5:6:7:8", "00010002000300040005000600070008", "1:2:3:4:5:6:7:8"],
  ["1:2:3:4:5:6:7::", "00010002000300040005000600070000", "1:2:3:4:5:6:7:0"],
  ["::2:3:4:5:6:7:8", "00000002000300040005000600070008", "0:2:3:4:5:6:7:8"],
  ["ff15::123", "ff150000000000000000000000000123", "ff15::123"],
  ["FF15::ABCD", "ff15000000000000000000000000abcd", "ff15::abcd"],
  ["ff15:0:0:1::2", "ff150000000000010000000000000002", "ff15:0:0:1::2"],
  ["1:0:0:2:0:0:0:3", "00010000000000020000000000000003", "1:0:0:2::3"],
  ["0:0:1:0:0:1:0:0", "00000000000100000000000100000000", "::1:0:0:1:0:0"],
  ["1:0:2:0:3:0:4:0", "00010000000200000003000000040000", "1:0:2:0:3:0:4:0"],
  ["10:100:0:0:10:0:0:1", "00100100000000000010000000000001", "10:100::10:0:0:1"],
  ["1:2:3:4:5:6:0:0", "00010002000300040005000600000000", "1:2:3:4:5:6::"],
  ["0:0:3:4:5:6:7:8", "00000000000300040005000600070008", "::3:4:5:6:7:8"],
  ["::ffff:192.0.2.1", "00000000000000000000ffffc0000201", "::ffff:c000:201"],
  ["64:ff9b::192.0.2.33", "0064ff9b0000000000000000c0000221", "64:ff9b::c000:221"],
  ["1:2:3:4:5:6:192.0.2.1", "000100020003000400050006c0000201", "1:2:3:4:5:6:c000:201"],
])("%s is %s, and written %s", (text, hex, written) => {
  const bytes = parseIp(text);
  expect(hexOf(bytes ?? new Uint8Array())).toBe(hex);
  expect(formatIp(bytesOf(hex))).toBe(written);
});

describe("no address is", () => {
  test.each([
    ["", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "1.2.3.4 ", "1.2.3.-4", "0x1.2.3.4"],
    [":", ":::", "1::2::3", ":1", "1:", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::"],
    ["12345::", "g::", "1:2:3:4:5:6:7:192.0.2.1", "::192.0.2", "::192.0.2.256", "192.0.2.1::"],
    ["1:192.0.2.1::2", "::1%eth0", "ff15::/16", "::1.2.3.4.5", "[::1]"],
  ])("%s, nor %s, nor %s, nor %s", (...texts) => {
    for (const text of texts) expect({ text, bytes: parseIp(text) }).toEqual({ text });
  });
});

test("what is taken for an address is so by node:net, too", () => {
  const parts = fc.oneof(
    fc.constantFrom(":", "::", ".", "0", "00", "ffff", "1", "255", "256", "1.2.3.4", "fffff", "g"),
    fc.nat(300).map(String),
    fc.nat(65_600).map((group) => group.toString(16)),
  );
  const texts = fc.oneof(
    fc.array(parts, { maxLength: 18 }).map((some) => some.join("")),
    fc.array(parts, { minLength: 4, maxLength: 4 }).map((some) => some.join(".")),
    fc.array(parts, { minLength: 6, maxLength: 9 }).map((some) => some.join(":")),
  );
  fc.assert(
    fc.property(texts, (text) => {
      const versions = new Map([
        [4, 4],
        [16, 6],
      ]);
      expect(versions.get(parseIp(text)?.length ?? 0) ?? 0).toBe(isIP(text));
    }),
    { numRuns: 2_000 },
  );
});

test("what is written is read back, and is what the URL standard writes", () => {
  const zeros = fc.constantFrom(0, 0, 1, 0xff);
  const addresses = fc.oneof(
    fc.uint8Array({ minLength: 4, maxLength: 4 }),
    fc.uint8Array({ minLength: 16, maxLength: 16 }),
    // Pairs of bytes that are often both 0.
    fc
      .array(zeros, { minLength: 8, maxLength: 8 })
      .map((groups) => Uint8Array.from(groups.flatMap((group) => [0, group]))),
  );
  fc.assert(
    fc.property(addresses, (bytes) => {
      const text = formatIp(bytes);
      expect(parseIp(text)).toEqual(bytes);
      const host = bytes.length === 4 ? text : `[${text}]`;
      expect(new URL(`http://${host}/`).hostname).toBe(host);
    }),
    { numRuns: 500 },
  );
});
