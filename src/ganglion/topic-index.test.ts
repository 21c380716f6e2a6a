import { describe, expect, test, vi } from "vitest";
import { WindowPool } from "../identity.ts";
import { Chunk, Span } from "../protocol/span.ts";
import { topicHashOf } from "../protocol/topic-key.ts";
import { Synapse } from "../synapse.ts";
import { TopicIndex } from "./topic-index.ts";
import { WireSynapse } from "./transport.ts";

const owner = { name: "test", windows: new WindowPool(), report: (): void => {} };
const utf8 = new TextEncoder();

function makeIndex(...topics: string[]): {
  readonly index: TopicIndex<WireSynapse>;
  readonly lookUp: ReturnType<typeof vi.fn>;
} {
  const known = new Map(topics.map((topic) => [topic, new WireSynapse(topic, undefined, owner)]));
  const lookUp = vi.fn((topic: string) => known.get(topic));
  return { index: new TopicIndex(lookUp), lookUp };
}

/** Finds a topic that stands somewhere in a larger buffer. */
function find(index: TopicIndex<WireSynapse>, topic: string): Synapse | undefined {
  return index.find(placed(topic));
}

function placed(topic: string): Span {
  const bytes = utf8.encode(`<${topic}>`);
  const span = new Span();
  span.move(new Chunk(bytes), 1, bytes.length - 1);
  return span;
}

/** Two topics that have one hash: among 2^16 of 2^32 there are mostly some. */
function twoOfOneHash(): readonly [string, string] {
  const byHash = new Map<number, string>();
  for (let index = 0; ; index++) {
    const topic = `dev.Beer${index}.json`;
    const hash = topicHashOf(placed(topic));
    const other = byHash.get(hash);
    if (other !== undefined) return [topic, other];
    byHash.set(hash, topic);
  }
}

describe("TopicIndex", () => {
  test("finds the synapse of a topic, and nothing for a topic that is unknown", () => {
    const { index } = makeIndex("dev.Ale.json", "dev.Öl.json");
    expect(find(index, "dev.Ale.json")?.topic).toBe("dev.Ale.json");
    expect(find(index, "dev.Öl.json")?.topic).toBe("dev.Öl.json");
    expect(find(index, "dev.Wine.json")).toBeUndefined();
    expect(find(index, "")).toBeUndefined();
  });

  test("makes no text of a topic it has found before", () => {
    const { index, lookUp } = makeIndex("dev.Ale.json", "dev.Öl.json");
    for (let times = 0; times < 3; times++) find(index, "dev.Ale.json");
    expect(lookUp).toHaveBeenCalledTimes(1);
    for (let times = 0; times < 3; times++) {
      expect(find(index, "dev.Öl.json")?.topic).toBe("dev.Öl.json");
      expect(find(index, "dev.Ale.json")?.topic).toBe("dev.Ale.json");
    }
    expect(lookUp).toHaveBeenCalledTimes(2);
  });

  test("finds the right one of two topics that have one hash", () => {
    const [one, other] = twoOfOneHash();
    const { index } = makeIndex(one, other);
    for (let times = 0; times < 3; times++) {
      expect(find(index, one)?.topic).toBe(one);
      expect(find(index, other)?.topic).toBe(other);
    }
  });

  test("is not taken in by a topic that is only the beginning, the end or a neighbour", () => {
    const { index } = makeIndex("dev.Ale.json");
    find(index, "dev.Ale.json");
    for (const topic of [
      "dev.Ale.jso",
      "ev.Ale.json",
      "dev.Ale.jsom",
      "Dev.Ale.json",
      "dev.Ale.jsonx",
    ]) {
      expect(find(index, topic)).toBeUndefined();
    }
  });
});
