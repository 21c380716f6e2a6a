import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  bytesOf,
  capture,
  captureNames,
  datagramVectors,
  hexOf,
} from "../../../test/epgm/captures.ts";
import { data, foreignTsi, nak, spm } from "../../../test/epgm/ends.ts";
import { writeChecksum } from "./checksum.ts";
import type { PgmPacket } from "./packet.ts";
import { readPacket } from "./packet-reader.ts";
import { dataPayloadAt, writeDataHead, writeNak, writeSpm, writeSpmr } from "./packet-writer.ts";

function write(packet: PgmPacket): Uint8Array {
  switch (packet.kind) {
    case "spm":
      return writeSpm(packet);
    case "odata":
    case "rdata": {
      const bytes = new Uint8Array(dataPayloadAt + packet.payload.length);
      bytes.set(packet.payload, dataPayloadAt);
      writeDataHead(bytes, packet);
      return bytes;
    }
    case "nak":
    case "ncf":
      return writeNak(packet);
    default:
      return writeSpmr(packet);
  }
}

function read(bytes: Uint8Array): PgmPacket {
  const packet = readPacket(bytes);
  if (packet.kind === "malformed") throw new Error(packet.reason);
  return packet;
}

/** Changes a packet and puts its checksum right again. */
function changed(bytes: Uint8Array, change: (bytes: Uint8Array) => void): Uint8Array {
  const copy = bytes.slice();
  change(copy);
  writeChecksum(copy);
  return copy;
}

/** In a list of sequence numbers libzmq leaves the reserved byte as it was in memory; ours is 0. */
function withoutReserved(bytes: Uint8Array, packet: PgmPacket): Uint8Array {
  const isList = (packet.kind === "nak" || packet.kind === "ncf") && packet.sequences.length > 1;
  return isList ? changed(bytes, (copy) => copy.fill(0, 42, 43)) : bytes;
}

function reasonOf(bytes: Uint8Array): string {
  const packet = readPacket(bytes);
  return packet.kind === "malformed" ? packet.reason : packet.kind;
}

describe("golden: packets of libzmq 4.3.4", () => {
  test.each(captureNames)(
    "%s: what is read and written again is the same, byte for byte",
    (name) => {
      for (const { bytes, type } of capture(name).packets) {
        const packet = read(bytes);
        expect(packet.kind).toBe(type.toLowerCase());
        expect(hexOf(write(packet))).toBe(hexOf(withoutReserved(bytes, packet)));
      }
    },
  );

  test.each(datagramVectors())("$name: read and written again", ({ bytes, expected }) => {
    const packet = read(bytes);
    expect(packet).toMatchObject({ sequence: expected.sequence });
    expect(hexOf(write(packet))).toBe(hexOf(bytes));
  });

  test("NAK lists of 63 and 7 sequence numbers", () => {
    const lists = capture("nak-lists").packets.map(({ bytes }) => read(bytes));
    const range = (first: number, count: number) =>
      Array.from({ length: count }, (_, index) => first + index);
    expect(lists).toMatchObject([{ sequences: range(1, 63) }, { sequences: range(64, 7) }]);
  });

  test("the first and the last SPMs of a life", () => {
    const spms = capture("pub-lifecycle").packets.flatMap(({ bytes, type }) =>
      type === "SPM" ? [read(bytes)] : [],
    );
    expect(spms.at(0)).toEqual({
      kind: "spm",
      tsi: { gsi: 0xb7c6d1bc038a, port: 0xbeee },
      port: 5561,
      sequence: 0,
      trail: 0,
      lead: 0xffff_ffff,
      nla: Uint8Array.of(127, 0, 0, 1),
      fin: false,
    });
    expect(spms.at(-1)).toMatchObject({ sequence: 11, lead: 0, fin: true });
  });
});

describe("packets of ours", () => {
  const sequenceNumber = fc.nat(0xffff_ffff);
  const address = fc.oneof(
    fc.uint8Array({ minLength: 4, maxLength: 4 }),
    fc.uint8Array({ minLength: 16, maxLength: 16 }),
  );
  const head = {
    tsi: fc.record({ gsi: fc.nat(2 ** 48 - 1), port: fc.nat(0xffff) }),
    port: fc.nat(0xffff),
  };
  const packets: fc.Arbitrary<PgmPacket> = fc.oneof(
    fc.record({
      kind: fc.constant("spm" as const),
      ...head,
      sequence: sequenceNumber,
      trail: sequenceNumber,
      lead: sequenceNumber,
      nla: address,
      fin: fc.boolean(),
    }),
    fc.record({
      kind: fc.constantFrom("odata" as const, "rdata" as const),
      ...head,
      sequence: sequenceNumber,
      trail: sequenceNumber,
      payload: fc.uint8Array({ maxLength: 1_500 }),
    }),
    fc.record({
      kind: fc.constantFrom("nak" as const, "ncf" as const),
      ...head,
      sequences: fc.array(sequenceNumber, { minLength: 1, maxLength: 63 }),
      nla: address,
      group: address,
    }),
    fc.record({ kind: fc.constant("spmr" as const), ...head }),
  );

  test("what is written reads the same", () => {
    fc.assert(
      fc.property(packets, (packet) => {
        expect(read(write(packet))).toEqual(packet);
      }),
    );
  });

  test("RFC 3208, section 8: a single wrong bit is found", () => {
    fc.assert(
      fc.property(packets, fc.nat(), (packet, chosen) => {
        const bytes = write(packet);
        const bit = chosen % (bytes.length * 8);
        bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (0x80 >> (bit & 7));
        // Only a checksum of one bit becomes "none" by it, which control packets may have.
        const isUnchecked = bytes[6] === 0 && bytes[7] === 0;
        if (!isUnchecked) expect(reasonOf(bytes)).toBe("checksum");
      }),
    );
  });

  test("whatever the bytes are, nothing is thrown", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), (bytes) => {
        expect(typeof readPacket(bytes).kind).toBe("string");
        if (bytes.length >= 16)
          expect(typeof readPacket(changed(bytes, () => {})).kind).toBe("string");
      }),
    );
  });
});

describe("what is refused, and why", () => {
  const payload = bytesOf("00000200");

  test("RFC 3208, section 8: data without a checksum; libzmq takes control packets without one", () => {
    const without = (bytes: Uint8Array) => bytes.fill(0, 6, 8);
    expect(reasonOf(without(data(1, payload)))).toBe("checksum");
    expect(reasonOf(without(nak("nak", [1])))).toBe("nak");
  });

  test("the TSDU length must be what is there", () => {
    expect(reasonOf(changed(data(1, payload), (bytes) => bytes.fill(5, 15, 16)))).toBe("length");
  });

  test("what ends too early", () => {
    const short = (bytes: Uint8Array, byteCount: number) =>
      reasonOf(changed(bytes.subarray(0, byteCount), () => {}));
    expect(reasonOf(new Uint8Array(0))).toBe("short");
    expect(reasonOf(new Uint8Array(15))).toBe("short");
    expect(short(data(1, payload), 20)).toBe("short");
    expect(short(spm(1, 1), 27)).toBe("short");
    expect(short(spm(1, 1), 34)).toBe("address");
    expect(short(nak("nak", [1]), 19)).toBe("short");
    expect(short(nak("nak", [1]), 30)).toBe("address");
    expect(short(nak("nak", [1, 2]), 46)).toBe("options");
  });

  test("addresses of a family that is neither IPv4 nor IPv6", () => {
    expect(reasonOf(changed(spm(1, 1), (bytes) => bytes.fill(3, 29, 30)))).toBe("address");
  });

  test("packet types that EPGM does not use: POLL, N-NAK, ACK", () => {
    for (const type of [0x01, 0x09, 0x0d, 0xff]) {
      expect(reasonOf(changed(data(1, payload), (bytes) => bytes.fill(type, 4, 5)))).toBe("type");
    }
  });

  test("parity packets, whose payload is no data", () => {
    expect(reasonOf(changed(data(1, payload), (bytes) => bytes.fill(0x80, 5, 6)))).toBe("type");
  });

  test("RFC 3208, section 9: options of under 4 bytes, or that end after the packet", () => {
    const list = nak("nak", [1, 2]);
    expect(reasonOf(changed(list, (bytes) => bytes.fill(3, 41, 42)))).toBe("options");
    expect(reasonOf(changed(list, (bytes) => bytes.fill(9, 41, 42)))).toBe("options");
    expect(reasonOf(changed(list, (bytes) => bytes.fill(2, 36, 37)))).toBe("options");
    expect(reasonOf(changed(list, (bytes) => bytes.fill(0xff, 38, 40)))).toBe("options");
  });

  test("data with OPT_FRAGMENT; other options of data are passed over", () => {
    const withOptions = (hex: string) => {
      const options = bytesOf(hex);
      const bytes = data(1, Buffer.concat([options, payload]), { tsi: foreignTsi });
      return changed(bytes, (whole) => {
        whole[5] = 0x01;
        whole[15] = payload.length;
      });
    };
    expect(read(withOptions("0004000c83080000000000ff"))).toMatchObject({ kind: "odata", payload });
    expect(read(withOptions("000400100304000083080000000000ff"))).toMatchObject({ payload });
    expect(reasonOf(withOptions(`000400148110${"00".repeat(14)}`))).toBe("fragment");
  });
});

test("addresses may be IPv6", () => {
  const nla = Uint8Array.from({ length: 16 }, (_, index) => index);
  const packet = read(spm(3, 9, { nla }));
  expect(packet).toMatchObject({ kind: "spm", nla, lead: 9 });
});
