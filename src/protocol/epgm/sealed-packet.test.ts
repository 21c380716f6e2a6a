import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sealCryptoOf } from "../../io/seal-crypto.ts";
import { readPacket } from "./packet-reader.ts";
import { dataPayloadAt, writeDataHead, writeNak, writeSpm, writeSpmr } from "./packet-writer.ts";
import { PacketSeal, sealBytes } from "./sealed-packet.ts";

const tsi = { gsi: 0x706c00000001, port: 4_711 };
const port = 5_560;
const nla = Uint8Array.of(127, 0, 0, 1);
const group = Uint8Array.of(239, 255, 0, 77);

const key = Uint8Array.from({ length: 32 }, (_, index) => index);
const sealOf = (groupKey: Uint8Array) => new PacketSeal(sealCryptoOf(groupKey));

function data(sequence: number, kind: "odata" | "rdata" = "odata", trail = 0): Uint8Array {
  const packet = new Uint8Array(dataPayloadAt + 20).fill(7, dataPayloadAt);
  writeDataHead(packet, { kind, tsi, port, sequence, trail });
  return packet;
}

const packets = {
  data: data(1),
  repair: data(1, "rdata"),
  spm: writeSpm({ kind: "spm", tsi, port, sequence: 3, trail: 0, lead: 1, nla, fin: true }),
  nak: writeNak({ kind: "nak", tsi, port, sequences: [1, 2, 3], nla, group }),
  ncf: writeNak({ kind: "ncf", tsi, port, sequences: [1], nla, group }),
  spmr: writeSpmr({ kind: "spmr", tsi, port }),
};

describe("sealed packets", () => {
  test.each(Object.entries(packets))(
    "a %s packet is opened by whoever has the key",
    (_, packet) => {
      const sealed = sealOf(key).seal(packet);
      expect(sealed).toHaveLength(packet.length + sealBytes);
      expect(sealOf(key).open(sealed)).toEqual(packet);
    },
  );

  test("another key does not open it, nor does it open what is not sealed", () => {
    const other = sealOf(key.map((byte) => byte ^ 1));
    expect(other.open(sealOf(key).seal(packets.data))).toBe("forged");
    expect(other.open(packets.data)).toBe("unsealed");
  });

  test("a change of any bit is noticed, the header's included", () => {
    const sealed = sealOf(key).seal(packets.data);
    fc.assert(
      fc.property(fc.nat(sealed.length - 1), fc.nat(7), (at, bit) => {
        const changed = sealed.slice();
        changed[at] = (changed[at] ?? 0) ^ (1 << bit);
        const opened = sealOf(key).open(changed);
        // The checksum is for those without a key; the mark says whether it is sealed at all.
        if (at === 6 || at === 7) expect(opened).toEqual(packets.data);
        else expect(["forged", "unsealed"]).toContain(opened);
      }),
    );
  });

  test("anything at all is either opened or refused", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        expect(["forged", "unsealed"]).toContain(sealOf(key).open(bytes));
      }),
    );
  });

  test("what a repair repeats is the same bytes, so that no nonce has two meanings", () => {
    const seal = sealOf(key);
    expect(seal.seal(data(1, "rdata", 1))).toEqual(seal.seal(data(1, "rdata", 1)));
    expect(seal.seal(data(1, "rdata", 1))).not.toEqual(seal.seal(data(1, "rdata", 0)));
  });

  test("a sequence number that comes again after all others have is sealed with another nonce", () => {
    const seal = sealOf(key);
    const [before, half, after] = [data(0), data(2 ** 31 - 1), data(0)];
    const first = seal.seal(before);
    seal.seal(half);
    seal.seal(data(2 ** 32 - 2));
    const second = seal.seal(after);
    expect(second).not.toEqual(first);
    // A late repair of what was sent before the wrap has its old nonce.
    const late = seal.seal(data(2 ** 32 - 2, "rdata"));
    expect(readPacket(sealOf(key).open(late) as Uint8Array)).toMatchObject({ kind: "rdata" });
  });

  test("to those without the key it is a packet of a kind that they pass over", () => {
    for (const packet of Object.values(packets)) {
      expect(readPacket(sealOf(key).seal(packet))).toEqual({ kind: "malformed", reason: "type" });
    }
  });
});
