import fc from "fast-check";
import { expect, test } from "vitest";
import { Chunk, Span } from "./span.ts";
import { TopicKey } from "./topic-key.ts";

const topics = fc.uint8Array({ maxLength: 20 });

/** `topic` somewhere in a chunk, which itself is somewhere in a buffer. */
function placed(topic: Uint8Array, at: number): Span {
  const buffer = new Uint8Array(topic.length + 2 * at).fill(0xee);
  buffer.set(topic, 2 * at);
  const span = new Span();
  span.move(new Chunk(buffer.subarray(at)), at, at + topic.length);
  return span;
}

test("a topic is found wherever it lies", () => {
  fc.assert(
    fc.property(topics, fc.nat(9), (topic, at) => {
      expect(new TopicKey(topic).isAt(placed(topic, at))).toBe(true);
    }),
  );
});

test("a topic that differs in a single byte, or in length, is another", () => {
  fc.assert(
    fc.property(topics, fc.nat(), fc.integer({ min: 1, max: 255 }), (topic, place, change) => {
      const key = new TopicKey(topic);
      expect(key.isAt(placed(Uint8Array.of(...topic, change), 1))).toBe(false);
      if (topic.length === 0) return;
      expect(key.isAt(placed(topic.subarray(1), 1))).toBe(false);
      const other = topic.map((byte, index) =>
        index === place % topic.length ? byte ^ change : byte,
      );
      expect(key.isAt(placed(other, 1))).toBe(false);
    }),
  );
});
