import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { UsageError } from "./errors.ts";
import {
  checkPattern,
  checkTopic,
  checkTopicPart,
  codecNameOf,
  isPattern,
  isTopic,
  matches,
  TopicSet,
  topicBytesMax,
} from "./topic.ts";

describe("topics", () => {
  test.each(["a", "dev.brewery.Temperature.json", "dev.bräu.Größe.string_UTF-8", "a.$b-c_1.x"])(
    "%j is a topic",
    (topic) => {
      expect(() => checkTopic(topic)).not.toThrow();
    },
  );

  // The last ones: a no-break space, a line separator, half a surrogate pair.
  test.each([
    "",
    ".",
    ".X.json",
    "a.",
    "a..b",
    "a b",
    "a\tb",
    "a\nb",
    "a\u0000b",
    "a\u007fb",
    "a.*",
    "a.>",
    "a*b",
    "a\u00a0b",
    "a\u2028b",
    "a\ud800b",
  ])("%j is none", (topic) => {
    expect(() => checkTopic(topic)).toThrow(UsageError);
  });

  test("the limit of 245 is one of bytes in UTF-8, not of characters", () => {
    expect(() => checkTopic("x".repeat(topicBytesMax))).not.toThrow();
    expect(() => checkTopic("x".repeat(topicBytesMax + 1))).toThrow(UsageError);
    // Two bytes each, and one.
    expect(() => checkTopic(`${"ü".repeat(122)}x`)).not.toThrow();
    expect(() => checkTopic("ü".repeat(123))).toThrow(UsageError);
    // Four bytes in two units.
    expect(() => checkTopic("🍺".repeat(61))).not.toThrow();
    expect(() => checkTopic("🍺".repeat(62))).toThrow(UsageError);
  });

  test("an error says what is wrong, with the value and the bound", () => {
    expect(() => checkTopic("x".repeat(300))).toThrow(/300 bytes, at most 245/);
    expect(() => checkTopic("dev..X")).toThrow('part "" of topic "dev..X" is empty');
    expect(() => checkTopic("dev.a b")).toThrow('part "a b" of topic "dev.a b" has " " in it; no');
    for (const unseen of ["00AD", "200B", "202E", "FEFF", "E0041"]) {
      const topic = `a${String.fromCodePoint(Number.parseInt(unseen, 16))}b`;
      expect(() => checkTopic(topic)).toThrow(`has U+${unseen} in it; no`);
      expect(isTopic(topic)).toBe(false);
    }
    expect(() => checkTopic("a\u00a0b")).toThrow("has U+00A0 in it; no");
    expect(() => checkPattern("a.b>")).toThrow('part "b>" of pattern "a.b>" has ">" in it; no');
    try {
      checkTopic("x".repeat(300));
    } catch (error) {
      expect(error).toMatchObject({
        code: "PLEXO_USAGE",
        details: { byteCount: 300, topicBytesMax: 245 },
      });
    }
  });

  test("a topic of a million parts is refused without looking at each", () => {
    const vast = "a.".repeat(1_000_000);
    const startMs = performance.now();
    expect(() => checkTopic(vast)).toThrow(UsageError);
    expect(() => checkPattern(vast)).toThrow(UsageError);
    // In proportion to its square it would take hours.
    expect(performance.now() - startMs).toBeLessThan(2_000);
  });

  test("a part has no dot", () => {
    expect(() => checkTopicPart("a.b", "type name")).toThrow('type name "a.b" has "." in it');
    expect(() => checkTopicPart("", "type name")).toThrow('type name "" is empty');
  });

  test("the codec's name is what follows the last dot", () => {
    expect(codecNameOf("dev.brewery.Temperature.json")).toBe("json");
    expect(codecNameOf("json")).toBe("json");
  });
});

describe("patterns", () => {
  test.each(["*", ">", "a.*", "*.b", "a.>", "*.*.>", "dev.*.json", "a.b"])("%j is one", (text) => {
    expect(() => checkPattern(text)).not.toThrow();
  });

  test.each([
    "",
    "a.>.b",
    ">.a",
    "a*",
    "*a",
    "a.>>",
    "**",
    "a..>",
    "a b.*",
    `*.${"x".repeat(244)}`,
  ])("%j is none", (text) => {
    expect(() => checkPattern(text)).toThrow(UsageError);
  });

  test("is compared with a topic where both stand, part by part", () => {
    const part = fc.constantFrom("a", "b", "ab");
    const patternPart = fc.constantFrom("a", "b", "ab", "*");
    const texts = (parts: fc.Arbitrary<string>) =>
      fc.array(parts, { minLength: 1, maxLength: 4 }).map((all) => all.join("."));
    const pattern = fc.oneof(
      texts(patternPart),
      texts(patternPart).map((text) => `${text}.>`),
      fc.constant(">"),
    );
    fc.assert(
      fc.property(pattern, texts(part), (wanted, topic) => {
        const source = wanted.replaceAll(".", "\\.").replaceAll("*", "[ab]+");
        const expected = new RegExp(`^${source.replace(">", ".+")}$`).test(topic);
        const split = vi.spyOn(String.prototype, "split");
        try {
          expect(matches(wanted, topic)).toBe(expected);
          // What it splits is garbage for each topic and pattern there are.
          expect(split).not.toHaveBeenCalled();
        } finally {
          split.mockRestore();
        }
      }),
    );
  });

  test("what has a wildcard is a pattern", () => {
    expect(isPattern("a.b")).toBe(false);
    expect(isPattern("a.*")).toBe(true);
    expect(isPattern(">")).toBe(true);
  });

  test.each([
    ["a.b", "a.b", true],
    ["a.b", "a.c", false],
    ["a.b", "a.b.c", false],
    ["a.b.c", "a.b", false],
    ["*", "a", true],
    ["*", "a.b", false],
    ["a.*", "a.b", true],
    ["a.*", "a", false],
    ["a.*", "a.b.c", false],
    ["*.b", "a.b", true],
    ["a.*.c", "a.b.c", true],
    ["a.>", "a.b", true],
    ["a.>", "a.b.c", true],
    ["a.>", "a", false],
    ["a.>", "b.c", false],
    [">", "a", true],
    [">", "a.b.c", true],
    ["*.>", "a", false],
    ["*.>", "a.b", true],
  ] as const)("%j and %j: %s", (pattern, topic, expected) => {
    expect(matches(pattern, topic)).toBe(expected);
  });

  const part = fc.stringMatching(/^[a-c]{1,2}$/);
  const parts = fc.array(part, { minLength: 1, maxLength: 5 });

  test("a topic matches itself, and what is made of it by wildcards", () => {
    fc.assert(
      fc.property(parts, fc.array(fc.boolean()), fc.nat(5), (topicParts, isStar, tail) => {
        const topic = topicParts.join(".");
        const starred = topicParts.map((each, index) => (isStar[index] === true ? "*" : each));
        expect(matches(starred.join("."), topic)).toBe(true);
        const kept = Math.min(tail, topicParts.length - 1);
        expect(matches([...starred.slice(0, kept), ">"].join("."), topic)).toBe(true);
      }),
    );
  });

  test("without wildcards only the same text matches", () => {
    fc.assert(
      fc.property(parts, parts, (left, right) => {
        expect(matches(left.join("."), right.join("."))).toBe(left.join(".") === right.join("."));
      }),
    );
  });
});

describe("TopicSet", () => {
  test("has what was added, by name or by pattern, until it is deleted", () => {
    const set = new TopicSet();
    set.add("a.b");
    set.add("c.*");
    set.add("d.>");
    expect(["a.b", "c.x", "d.x.y", "a.c", "c", "d"].map((topic) => set.has(topic))).toEqual([
      true,
      true,
      true,
      false,
      false,
      false,
    ]);
    expect([...set].sort()).toEqual(["a.b", "c.*", "d.>"]);
    for (const each of [...set]) set.delete(each);
    expect(["a.b", "c.x", "d.x.y"].map((topic) => set.has(topic))).toEqual([false, false, false]);
  });
});
