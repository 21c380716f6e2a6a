import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { usedBytes } from "../../../test/support/memory.ts";
import { PeerError, UsageError } from "../../errors.ts";
import { SubscriptionIndex } from "./subscription-index.ts";

function bytes(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, "latin1"));
}

const nothing = new Uint8Array(0);

describe("RFC 37, The Publish-Subscribe Pattern: subscriptions of one publisher", () => {
  test("A subscription of A SHALL match all messages starting with A", () => {
    const index = new SubscriptionIndex<string>();
    index.add("one", bytes("A"));
    expect(index.match(bytes("A"))).toEqual(["one"]);
    expect(index.match(bytes("ABC"))).toEqual(["one"]);
    for (const other of ["", "B", "BA", "a"]) expect(index.match(bytes(other))).toEqual([]);
  });

  test("An empty subscription SHALL match all messages, the empty one too", () => {
    const index = new SubscriptionIndex<string>();
    index.add("one", nothing);
    for (const topic of ["", "A", "\xff\x00"]) expect(index.match(bytes(topic))).toEqual(["one"]);
  });

  test("Subscriptions SHALL be additive: A and nothing is the same as nothing alone", () => {
    const index = new SubscriptionIndex<string>();
    for (const prefix of ["A", "", "AB", "ABC"]) index.add("one", bytes(prefix));
    index.add("two", bytes("AB"));
    expect(index.match(bytes("ABC")).sort()).toEqual(["one", "two"]);
    expect(index.match(bytes("B"))).toEqual(["one"]);
  });

  test("as to libzmq, not the RFC, one cancel is enough for any number of the same", () => {
    const index = new SubscriptionIndex<string>();
    expect([index.add("one", bytes("A")), index.add("one", bytes("A"))]).toEqual([true, false]);
    expect(index.remove("one", bytes("A"))).toBe(true);
    expect(index.match(bytes("A"))).toEqual([]);
  });

  test("a cancel of what was not asked for does nothing", () => {
    const index = new SubscriptionIndex<string>();
    expect(index.remove("one", bytes("A"))).toBe(false);
    index.add("one", bytes("AB"));
    index.add("two", bytes("A"));
    const { version } = index;
    for (const prefix of ["A", "", "ABC"]) expect(index.remove("one", bytes(prefix))).toBe(false);
    expect([index.match(bytes("AB")).sort(), index.version]).toEqual([["one", "two"], version]);
  });

  test("the prefix is copied", () => {
    const index = new SubscriptionIndex<string>();
    const prefix = bytes("A");
    index.add("one", prefix);
    prefix[0] = 0x42;
    expect(index.match(bytes("A"))).toEqual(["one"]);
  });
});

describe("SubscriptionIndex, against a list of all pairs", () => {
  const prefixes = fc
    .array(fc.constantFrom(0x00, 0x61, 0xff), { maxLength: 4 })
    .map((list) => Uint8Array.from(list));
  const steps = fc.array(
    fc.record({
      kind: fc.constantFrom("add", "add", "add", "remove", "remove", "removeAll"),
      who: fc.nat(3),
      prefix: prefixes,
    }),
    { maxLength: 60 },
  );

  test("whatever is added and removed, the same are found, and each change has its version", () => {
    fc.assert(
      fc.property(steps, fc.array(prefixes, { minLength: 1, maxLength: 10 }), (stepsIn, topics) => {
        const index = new SubscriptionIndex<number>();
        const pairs = new Map<string, { who: number; prefix: string }>();
        for (const { kind, who, prefix: prefixBytes } of stepsIn) {
          const { version } = index;
          const countBefore = pairs.size;
          const prefix = Buffer.from(prefixBytes).toString("latin1");
          const key = `${who} ${prefix}`;
          if (kind === "add") {
            expect(index.add(who, prefixBytes)).toBe(!pairs.has(key));
            pairs.set(key, { who, prefix });
          } else if (kind === "remove") {
            expect(index.remove(who, prefixBytes)).toBe(pairs.delete(key));
          } else {
            index.removeAll(who);
            for (const [other, pair] of pairs) if (pair.who === who) pairs.delete(other);
          }
          expect(index.version === version).toBe(pairs.size === countBefore);
        }
        for (const topic of topics) {
          const text = Buffer.from(topic).toString("latin1");
          const wanted = [...pairs.values()].filter(({ prefix }) => text.startsWith(prefix));
          const found = index.match(topic);
          expect(new Set(found)).toEqual(new Set(wanted.map(({ who }) => who)));
          expect(found).toHaveLength(new Set(found).size);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe("SubscriptionIndex, limits", () => {
  test("one prefix more than a subscriber may have is refused; others may still have theirs", () => {
    const index = new SubscriptionIndex<string>({ subscriptionsMax: 2 });
    index.add("one", bytes("A"));
    index.add("one", bytes("B"));
    const { version } = index;
    expect(() => index.add("one", bytes("C"))).toThrow(PeerError);
    expect(() => index.add("one", bytes("C"))).toThrow(
      "3 subscriptions of one subscriber, at most 2 taken",
    );
    expect([index.match(bytes("C")), index.version]).toEqual([[], version]);
    expect(index.add("one", bytes("A"))).toBe(false);
    expect(index.add("two", bytes("C"))).toBe(true);
    index.remove("one", bytes("A"));
    expect(index.add("one", bytes("C"))).toBe(true);
  });

  test("so is one byte more in all prefixes of a subscriber", () => {
    const index = new SubscriptionIndex<string>({ prefixBytesMax: 5 });
    index.add("one", bytes("AAA"));
    expect(() => index.add("one", bytes("BBB"))).toThrow(
      "subscriptions of 6 bytes together of one subscriber, at most 5 taken",
    );
    expect(index.add("one", bytes("BB"))).toBe(true);
    index.remove("one", bytes("AAA"));
    expect(index.add("one", bytes("CCC"))).toBe(true);
    index.removeAll("one");
    expect(index.add("one", bytes("DDDDD"))).toBe(true);
    expect(() => index.add("two", bytes("DDDDDD"))).toThrow(/subscriptions of 6 bytes/);
    expect(index.match(bytes("DDDDDD"))).toEqual(["one"]);
  });

  test("65,536 of them, and 4 MiB, unless told otherwise", () => {
    const index = new SubscriptionIndex<string>();
    for (let count = 0; count < 65_536; count++) index.add("one", Uint8Array.of(count >> 8, count));
    expect(() => index.add("one", nothing)).toThrow(/65537 subscriptions .* at most 65536/);
    index.add("two", new Uint8Array(4_194_304));
    expect(() => index.add("two", bytes("A"))).toThrow(/4194305 bytes .* at most 4194304/);
  });

  describe("of all subscribers together, sixteen times what one may have", () => {
    const share = 4 * 1024 * 1024;
    let index: SubscriptionIndex<string>;
    let gaveWay: string[];

    /** Sixteen have their share but for a few bytes; those of the first are fewer. */
    beforeEach(() => {
      gaveWay = [];
      index = new SubscriptionIndex({}, (who, cause) => gaveWay.push(`${who}: ${cause.message}`));
      const prefix = new Uint8Array(share - 50);
      for (let count = 0; count < 16; count++) {
        index.add(`big${count}`, count === 0 ? prefix : prefix.subarray(50));
      }
    });

    test("when there would be more, the one that has most gives way to any other", () => {
      index.add("small", new Uint8Array(1_550));
      expect(gaveWay).toEqual([]);
      index.add("small", bytes("A"));
      expect(gaveWay).toEqual([
        expect.stringMatching(
          /^big0: 1 subscriptions of 4194254 bytes together, more than any other subscriber has,/,
        ),
      ]);
      expect(index.match(bytes("A"))).toEqual(["small"]);
      expect(index.match(new Uint8Array(share))).not.toContain("big0");
      expect(index.match(new Uint8Array(share))).toHaveLength(16);
    });

    test("the one that has most is refused", () => {
      index.add("small", new Uint8Array(1_550));
      expect(() => index.add("big0", bytes("A"))).toThrow(PeerError);
      expect([gaveWay, index.match(bytes("A"))]).toEqual([[], []]);
    });

    test("those that were cancelled do not count", () => {
      index.removeAll("big1");
      index.remove("big2", new Uint8Array(share - 100));
      index.add("small", new Uint8Array(share));
      index.add("other", new Uint8Array(share));
      expect(gaveWay).toEqual([]);
    });
  });

  test("limits must be above 0", () => {
    for (const limits of [{ subscriptionsMax: 0 }, { prefixBytesMax: Number.NaN }]) {
      expect(() => new SubscriptionIndex(limits)).toThrow(UsageError);
    }
  });
});

describe("SubscriptionIndex with 10,000 topics of 16 subscribers", () => {
  const topicOf = (count: number): string => `dev.plexo.bench.types.Type${count}.json`;

  function populated(topicCount: number): SubscriptionIndex<number> {
    const index = new SubscriptionIndex<number>();
    for (let who = 0; who < 16; who++) {
      for (let count = 0; count < topicCount; count++) index.add(who, bytes(topicOf(count)));
    }
    return index;
  }

  /** How many bytes of the topic a search looks at, and how many it finds. */
  function searched(index: SubscriptionIndex<number>, topic: string): [number, number] {
    let looks = 0;
    const watched = new Proxy(bytes(topic), {
      get(target, key) {
        if (key !== "length") looks += 1;
        // As by the array itself: a proxy has no length of its own.
        return Reflect.get(target, key) as unknown;
      },
    });
    const { length } = index.match(watched);
    return [looks, length];
  }

  test("a search looks at each byte of the topic twice at most, as with few topics", () => {
    const [few, many] = [populated(10), populated(10_000)];
    for (const count of [0, 1, 7]) {
      const topic = topicOf(count);
      for (const index of [few, many]) {
        const [looks, foundCount] = searched(index, topic);
        expect(foundCount).toBe(16);
        expect(looks).toBeLessThanOrEqual(2 * topic.length + 1);
      }
    }
    expect(searched(many, "else.than.all.of.them")).toEqual([1, 0]);
  });

  test("one subscription takes less than 128 bytes, and nothing stays when all have gone", async () => {
    const before = await usedBytes();
    const index = populated(10_000);
    expect(((await usedBytes()) - before) / 160_000).toBeLessThan(128);
    for (let who = 0; who < 16; who++) index.removeAll(who);
    expect((await usedBytes()) - before).toBeLessThan(1_000_000);
    expect(index.match(bytes(topicOf(1)))).toEqual([]);
  });
});
