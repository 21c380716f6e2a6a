import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { HeardListenedTypes, type Listening, OwnListenedTypes } from "./listened-types.ts";
import { TypeIndex } from "./type-index.ts";

function namesFrom(first: number, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `dev.Type${first + index}`);
}

function own(names: readonly string[], namesMax = 4): OwnListenedTypes {
  const types = new OwnListenedTypes(namesMax);
  for (const name of names) types.add(name);
  return types;
}

describe("R2: heartbeats tell the types listened to", () => {
  test("R2: what is new is told first, and all of it as fast as heartbeats may come", () => {
    const types = own(namesFrom(0, 10));
    while (types.hasUntold) types.tell();
    types.add("dev.New");
    expect(types.hasUntold).toBe(true);
    expect(types.tell().listening[0]).toBe("dev.New");
    expect(types.hasUntold).toBe(false);
  });

  test("R2: as many heartbeats in a row as it takes name every type, wherever they begin", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 40 }), fc.nat(20), (count, skipped) => {
        const types = own(namesFrom(0, count));
        for (let index = 0; index < skipped; index += 1) types.tell();
        const told = new Set<string>();
        types.tellAll();
        for (let index = 0; index < Math.ceil(count / 4); index += 1) {
          for (const name of types.tell().listening) told.add(name);
        }
        expect(told.size).toBe(count);
      }),
    );
  });

  test("R2: when all is told, one heartbeat in eight names some again", () => {
    const types = own(namesFrom(0, 4));
    types.tell();
    const counts = Array.from({ length: 16 }, () => types.tell().listening.length);
    expect(counts).toEqual([0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 4]);
  });

  test("the digest is that of the set, whatever was added and removed on the way", () => {
    const types = own(["a", "b", "c"]);
    types.remove("b");
    expect(types.tell().listeningDigest).toBe(own(["c", "a"]).tell().listeningDigest);
    expect(types.tell().listeningDigest).not.toBe(own(["a", "b"]).tell().listeningDigest);
  });

  test("what is not listened to can be removed, and what is be added again, to no effect", () => {
    const types = own(["a", "b"]);
    types.remove("c");
    types.add("a");
    expect([...types.tell().listening].sort()).toEqual(["a", "b"]);
  });
});

describe("what is heard of another's types", () => {
  test("R2: all are known in the end, whatever heartbeats are lost and repeated", () => {
    const changes = fc.array(
      fc.record({ name: fc.nat(30).map((index) => `dev.Type${index}`), adds: fc.boolean() }),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(changes, fc.array(fc.nat(2), { minLength: 50 }), (allChanges, copies) => {
        const types = new OwnListenedTypes(4);
        const heard = new HeardListenedTypes(new TypeIndex());
        const listened = new Set<string>();
        const say = (count: number): void => {
          const said = types.tell();
          for (let copy = 0; copy < count; copy += 1) heard.take(said);
        };
        for (const [index, { name, adds }] of allChanges.entries()) {
          if (adds) {
            types.add(name);
            listened.add(name);
          } else {
            types.remove(name);
            listened.delete(name);
          }
          say(copies[index] ?? 1);
        }
        // Names come with one heartbeat in eight, four at a time.
        for (let index = 0; index < 88; index += 1) say(1);
        for (let index = 0; index <= 30; index += 1) {
          const name = `dev.Type${index}`;
          expect(heard.has(name)).toBe(listened.has(name));
        }
      }),
    );
  });

  test("what it listened to before it still counts until all of the new is told", () => {
    const heard = new HeardListenedTypes(new TypeIndex());
    heard.take(own(["dev.Old"]).tell());
    const types = own(namesFrom(0, 6));
    heard.take(types.tell());
    expect(heard.has("dev.Old")).toBe(true);
    heard.take(types.tell());
    expect(heard.has("dev.Old")).toBe(false);
  });

  test("L2: names beyond as many as there are addresses are not kept", () => {
    const index = new TypeIndex();
    const heard = new HeardListenedTypes(index);
    for (let round = 0; round < 1_100; round += 1) {
      const listening: Listening = {
        listeningDigest: BigInt(round + 1),
        listeningCount: 64,
        listening: namesFrom(round * 64, 64),
      };
      heard.take(listening);
    }
    expect(index.get("dev.Type65535")).toBe(65_535);
    expect(index.get("dev.Type65536")).toBeUndefined();
    expect(heard.has("dev.Type65536")).toBe(false);
  });
});
