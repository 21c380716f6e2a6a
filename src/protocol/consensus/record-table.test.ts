import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { record } from "../../../test/support/consensus-messages.ts";
import { AddressSpace } from "./address-space.ts";
import { probe } from "./probe.ts";
import type { AddressRecord } from "./record.ts";
import { bucketCount, bucketOf, RecordTable } from "./record-table.ts";

/** So few addresses that types meet on them. */
const space = new AddressSpace("239.255.0.0/26");
const typeNames = ["dev.Tea", "dev.Milk", "dev.Sugar", "dev.Honey", "dev.Rum"];

const records: fc.Arbitrary<AddressRecord[]> = fc.array(
  fc.record({
    typeName: fc.constantFrom(...typeNames),
    epoch: fc.bigInt({ min: 0n, max: 2n }),
    address: fc.integer({ min: 32, max: 40 }),
    legacy: fc.boolean(),
  }),
  { maxLength: 30 },
);

function tableOf(all: Iterable<AddressRecord>): RecordTable {
  const table = new RecordTable(space);
  for (const one of all) table.merge(one);
  return table;
}

function contents(table: RecordTable): AddressRecord[] {
  return [...table.records()].sort((left, right) => (left.typeName < right.typeName ? -1 : 1));
}

/** Which of two the rule prefers, told by a table that got one after the other. */
function winner(left: AddressRecord, right: AddressRecord): AddressRecord | undefined {
  return tableOf([left, right]).get(left.typeName);
}

describe("R8: merging is a join", () => {
  test("R8: the order in which records come changes nothing", () => {
    const shuffled = records.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
    );
    fc.assert(
      fc.property(shuffled, ([all, other]) => {
        expect(contents(tableOf(other))).toEqual(contents(tableOf(all)));
      }),
    );
  });

  test("R8: nor do records that come again, nor those lost of which a greater one came", () => {
    fc.assert(
      fc.property(records, (all) => {
        const table = tableOf(all);
        for (const one of all) expect(table.merge(one)).toMatch(/^(known|lesser)$/);
        expect(contents(tableOf(contents(table)))).toEqual(contents(table));
      }),
    );
  });

  test("R8: tables may be merged in any grouping", () => {
    fc.assert(
      fc.property(records, records, records, (one, two, three) => {
        const left = tableOf([...contents(tableOf([...one, ...two])), ...three]);
        const right = tableOf([...one, ...contents(tableOf([...two, ...three]))]);
        expect(contents(left)).toEqual(contents(right));
      }),
    );
  });

  test("R8: covers() says beforehand whether a record would change something", () => {
    fc.assert(
      fc.property(records, records, (known, asked) => {
        const table = tableOf(known);
        for (const one of asked) expect(table.covers(one)).toBe(table.merge(one) !== "adopted");
      }),
    );
  });

  test("R8: of two, a legacy holder's wins, then the later epoch, the earlier probe, the lower address", () => {
    const typeName = "dev.Tea";
    const wide = Array.from({ length: 64 }, (_, index) => probe(typeName, index, space.size));
    const [early = 0, late = 0] = [...new Set(wide)].filter((address) => space.canLease(address));
    const unranked = Array.from({ length: 32 }, (_, index) => 32 + index).filter(
      (address) => !wide.includes(address),
    );
    const legacy = record(typeName, late, { legacy: true });
    const later = record(typeName, late, { epoch: 1n });
    expect(winner(legacy, later)).toEqual(legacy);
    expect(winner(record(typeName, early), later)).toEqual(later);
    expect(winner(record(typeName, late), record(typeName, early))?.address).toBe(early);
    const [low = 0, high = 0] = unranked;
    expect(winner(record(typeName, high), record(typeName, low))?.address).toBe(low);
    expect(winner(record(typeName, low), record(typeName, late))?.address).toBe(late);
  });
});

describe("R8: digests", () => {
  test("R8: digests are equal if and only if the tables are, as a whole and in each bucket", () => {
    fc.assert(
      fc.property(records, records, (one, two) => {
        const [left, right] = [tableOf(one), tableOf(two)];
        expect(left.digest === right.digest).toBe(
          JSON.stringify(contents(left), plain) === JSON.stringify(contents(right), plain),
        );
        for (let bucket = 0; bucket < bucketCount; bucket += 1) {
          const [mine, theirs] = [left, right].map((table) =>
            JSON.stringify([...table.recordsIn(bucket)].sort(byName), plain),
          );
          expect(left.digestOf(bucket) === right.digestOf(bucket)).toBe(mine === theirs);
        }
      }),
    );
  });

  test("the digest of no records is 0, and of other values of one field another", () => {
    expect(new RecordTable(space).digest).toBe(0n);
    const variants = [
      record("dev.Tea", 33),
      record("dev.Tea", 34),
      record("dev.Tea", 33, { epoch: 1n }),
      record("dev.Tea", 33, { legacy: true }),
      record("dev.Milk", 33),
    ];
    expect(new Set(variants.map((one) => tableOf([one]).digest)).size).toBe(variants.length);
  });

  test("a record lies in the bucket of its type's name", () => {
    const table = tableOf([record("dev.Tea", 33)]);
    expect([...table.recordsIn(bucketOf("dev.Tea"))]).toEqual([record("dev.Tea", 33)]);
    expect(table.countIn(bucketOf("dev.Tea"))).toBe(1);
  });
});

describe("R9: who holds an address", () => {
  test("R9: of types on one address exactly one stays, alike for all, but legacy holders all do", () => {
    fc.assert(
      fc.property(records, (all) => {
        const table = tableOf(all);
        const again = tableOf(contents(table).reverse());
        const stay = new Map<number, string[]>();
        for (const { typeName, address, legacy } of table.records()) {
          expect(again.isDisplaced(typeName)).toBe(table.isDisplaced(typeName));
          if (legacy) expect(table.isDisplaced(typeName)).toBe(false);
          if (table.isDisplaced(typeName)) continue;
          stay.set(address, [...(stay.get(address) ?? []), typeName]);
          expect(table.isFree(address)).toBe(false);
        }
        for (const { address } of table.records()) {
          const there = stay.get(address) ?? [];
          expect(there.length).toBeGreaterThan(0);
          if (there.length > 1) {
            for (const typeName of there) expect(table.get(typeName)?.legacy).toBe(true);
          }
        }
      }),
    );
  });

  test("R9: whom a record displaces, or frees, holds one of its addresses before or after", () => {
    fc.assert(
      fc.property(records, (all) => {
        const table = new RecordTable(space);
        const displaced = new Set<string>();
        for (const one of all) {
          const places = [table.get(one.typeName)?.address ?? one.address, one.address];
          const before = places.map((place) => table.holderAt(place));
          table.merge(one);
          const around = [one.typeName, ...before, ...places.map((place) => table.holderAt(place))];
          for (const { typeName } of table.records()) {
            if (table.isDisplaced(typeName) !== displaced.has(typeName)) {
              expect(around).toContain(typeName);
            }
            if (table.isDisplaced(typeName)) displaced.add(typeName);
            else displaced.delete(typeName);
          }
        }
      }),
    );
  });
});

describe("R11, G2: what is refused", () => {
  test("G2: an address that is reserved, skipped or beyond the network", () => {
    const wide = new AddressSpace("239.255.0.0/16");
    const table = new RecordTable(wide);
    for (const address of [0, 31, wide.size, wide.offsetOf(Uint8Array.of(239, 255, 76, 67)) ?? 0]) {
      expect(table.merge(record("dev.Tea", address))).toBe("refused");
    }
    expect(table.size).toBe(0);
  });

  test("R11: one type more than there are addresses; the others stay", () => {
    const table = new RecordTable(space);
    for (let index = 0; index < space.capacity; index += 1) {
      expect(table.merge(record(`dev.Type${index}`, 33))).toBe("adopted");
    }
    expect(table.merge(record("dev.More", 34))).toBe("refused");
    expect(table.merge(record("dev.Type0", 34, { epoch: 1n }))).toBe("adopted");
    expect(table.size).toBe(32);
  });

  test("an epoch of 2^63 or above", () => {
    const table = new RecordTable(space);
    expect(table.merge(record("dev.Tea", 33, { epoch: 2n ** 63n }))).toBe("refused");
  });
});

function plain(_: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}

function byName(left: AddressRecord, right: AddressRecord): number {
  return left.typeName < right.typeName ? -1 : 1;
}
