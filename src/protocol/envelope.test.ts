import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ids, someId } from "../../test/envelope/ids.ts";
import {
  hexOf,
  malformedVectors,
  plexoMessageVectors,
  sha256Of,
  tolerantVectors,
} from "../../test/envelope/vectors.ts";
import { PeerError, UsageError } from "../errors.ts";
import { EnvelopeReader, EnvelopeTopic, encodeEnvelope } from "./envelope.ts";
import { Chunk, Span } from "./span.ts";
import { decodeTopic } from "./topic-text.ts";

const utf8 = new TextEncoder();
const noId = { labelled: false, originHigh: 0, originLow: 0, sequence: 0, hops: 0 };

function envelopesOf(topic: string): EnvelopeTopic {
  return new EnvelopeTopic(utf8.encode(topic));
}

const topics = fc.string({ minLength: 1, maxLength: 40, unit: "grapheme" });
const payloads = fc.uint8Array({ maxLength: 100 });
const maybeIds = fc.option(ids, { nil: undefined });

/** What `bytes` say to a reader. */
function readAll(bytes: Uint8Array) {
  const reader = new EnvelopeReader();
  reader.read(Span.of(bytes));
  return allOf(reader);
}

function allOf(reader: EnvelopeReader) {
  const { labelled, originHigh, originLow, sequence, hops } = reader;
  return {
    topic: decodeTopic(reader.topic),
    payload: hexOf(reader.payload),
    id: { labelled, originHigh, originLow, sequence, hops },
  };
}

describe("golden: PlexoMessage as pyplexo 1.0.0 writes it", () => {
  const vectors = plexoMessageVectors();
  const complete = vectors.flatMap(({ fields: { typeName, payload }, ...vector }) =>
    typeName === null || payload === null ? [] : [{ ...vector, typeName, payload }],
  );

  test.each(complete)("$name is what we write", (vector) => {
    const encoded = encodeEnvelope(vector.typeName, vector.payload);
    expect(hexOf(encoded.subarray(0, vector.head.length))).toBe(hexOf(vector.head));
    expect(encoded.length).toBe(vector.byteCount);
    expect(sha256Of(encoded)).toBe(vector.sha256);
  });

  test.each(complete.filter(({ typeName }) => typeName !== ""))("$name is read", (vector) => {
    const isWhole = vector.head.length === vector.byteCount;
    const bytes = isWhole ? vector.head : encodeEnvelope(vector.typeName, vector.payload);
    const { typeName: topic, payload } = vector;
    expect(readAll(bytes)).toEqual({ topic, payload: hexOf(payload), id: noId });
  });

  test.each(vectors.filter(({ fields }) => !fields.typeName || fields.payload === null))(
    "$name is refused, having no topic or no payload",
    ({ head }) => expect(() => readAll(head)).toThrow(PeerError),
  );
});

describe("golden: valid encodings in other layouts", () => {
  const vectors = tolerantVectors();

  test.each(vectors.filter(({ fields }) => fields.typeName && fields.payload !== null))(
    "$name is read",
    ({ bytes, fields }) => {
      const { topic, payload } = readAll(bytes);
      expect({ topic, payload }).toEqual({
        topic: fields.typeName,
        payload: hexOf(fields.payload ?? new Uint8Array()),
      });
    },
  );

  test.each(vectors.filter(({ fields }) => !fields.typeName || fields.payload === null))(
    "$name is refused, having no topic or no payload",
    ({ bytes }) => expect(() => readAll(bytes)).toThrow(PeerError),
  );
});

test.each(malformedVectors())("golden: $name is refused", ({ bytes }) => {
  expect(() => readAll(bytes)).toThrow(PeerError);
});

describe("writing", () => {
  test("an id goes into three words of data before the pointers", () => {
    const expected = [
      "00000000 09000000", // one segment, 9 words
      "00000000 0300 0200", // the root, right here: 3 words of data, 2 pointers
      "ffeeddcc bbaa9988", // origin
      "05000000 00000000", // sequence
      "07 00000000000000", // hops
      "05000000 6a000000", // topic: 1 word on, 13 bytes with its NUL
      "09000000 1a000000", // payload: 2 words on, 3 bytes
      "6465762e466f6f2e 6a736f6e00 000000",
      "010203 0000000000",
    ];
    const encoded = encodeEnvelope("dev.Foo.json", Uint8Array.of(1, 2, 3), someId);
    expect(hexOf(encoded)).toBe(expected.join("").replaceAll(" ", ""));
  });

  test("what stood in the buffer before, and what stands around, does not matter", () => {
    const offsets = fc.nat(20);
    fc.assert(
      fc.property(topics, payloads, maybeIds, offsets, (topic, payload, id, offset) => {
        const envelopes = envelopesOf(topic);
        const end = offset + envelopes.byteCount(payload.length, id !== undefined);
        const target = new Uint8Array(end + 8).fill(0xee);
        const payloadAt = envelopes.writeHead(target, offset, payload.length, id);
        target.set(payload, payloadAt);
        target.fill(0, payloadAt + payload.length, end);
        const around = "ee".repeat(offset);
        const envelope = encodeEnvelope(topic, payload, id);
        expect(hexOf(target)).toBe(`${around}${hexOf(envelope)}${"ee".repeat(8)}`);
      }),
    );
  });

  test("room is needed for the head only, so that a payload can stay in its own buffer", () => {
    const head = new Uint8Array(40).fill(0xee);
    expect(envelopesOf("a.json").writeHead(head, 0, 70_000, undefined)).toBe(40);
    expect(hexOf(head)).toBe(
      hexOf(encodeEnvelope("a.json", new Uint8Array(70_000)).subarray(0, 40)),
    );
  });

  test("without room for the head nothing is written", () => {
    const target = new Uint8Array(50);
    const write = () => envelopesOf("a.json").writeHead(target, 11, 0, undefined);
    expect(write).toThrow(UsageError);
    expect(write).toThrow("envelope head of 40 bytes at 11 of a buffer of 50; make room");
    expect(target).toEqual(new Uint8Array(50));
  });

  test("a payload has at most the 2^29-1 bytes that a Cap'n Proto list can count", () => {
    const target = new Uint8Array(40);
    envelopesOf("a.json").writeHead(target, 0, 2 ** 29 - 1, undefined);
    expect(hexOf(target.subarray(28, 32))).toBe("faffffff");
    expect(hexOf(target.subarray(4, 8))).toBe("04000004");
    expect(() => envelopesOf("a.json").writeHead(target, 0, 2 ** 29, undefined)).toThrow(
      "payload of 536870912 bytes, at most 536870911",
    );
  });

  test.each([
    ["origin 0, which stands for no id", { originHigh: 0, originLow: 0 }],
    ["a negative sequence", { sequence: -1 }],
    ["a sequence of 2^53", { sequence: 2 ** 53 }],
    ["half a sequence", { sequence: 0.5 }],
    ["256 hops", { hops: 256 }],
    ["negative hops", { hops: -1 }],
    ["half a hop", { hops: 0.5 }],
  ])("%s is refused before anything is written", (_what, wrong) => {
    const target = new Uint8Array(100);
    const id = { ...someId, ...wrong };
    expect(() => envelopesOf("a.json").writeHead(target, 0, 0, id)).toThrow(UsageError);
    expect(target).toEqual(new Uint8Array(100));
  });
});

describe("reading", () => {
  test("what was written is read, with an id and without", () => {
    const reader = new EnvelopeReader();
    fc.assert(
      fc.property(topics, payloads, maybeIds, (topic, payload, id) => {
        reader.read(Span.of(encodeEnvelope(topic, payload, id)));
        expect(allOf(reader)).toEqual({
          topic,
          payload: hexOf(payload),
          id: id === undefined ? noId : { labelled: true, ...id },
        });
      }),
    );
  });

  test.each([
    ["as usual", encodeEnvelope("dev.Foo.json", Uint8Array.of(1, 2, 3), someId)],
    ["in another way", tolerantVectors()[0]?.bytes ?? new Uint8Array()],
  ])("an envelope laid out %s is read wherever it lies, without a copy", (_how, envelope) => {
    const buffer = new Uint8Array(envelope.length + 20).fill(0xee);
    buffer.set(envelope, 13);
    const chunk = new Chunk(buffer.subarray(5));
    const span = new Span();
    span.move(chunk, 8, 8 + envelope.length);
    const reader = new EnvelopeReader();
    reader.read(span);
    expect(allOf(reader)).toEqual(readAll(envelope));
    expect(reader.topic.chunk).toBe(chunk);
    expect(reader.payload.buffer).toBe(buffer.buffer);
  });

  test("the sequence goes up to 2^53-1", () => {
    const last = encodeEnvelope("a.json", new Uint8Array(), {
      ...someId,
      sequence: Number.MAX_SAFE_INTEGER,
    });
    expect(readAll(last).id.sequence).toBe(Number.MAX_SAFE_INTEGER);
    last.set(Uint8Array.of(0, 0, 0, 0, 0, 0, 0x20, 0), 24);
    expect(() => readAll(last)).toThrow("sequence 9007199254740992, at most 9007199254740991");
  });

  test("an origin of 0 is no id, as a field of zeros is none to Cap'n Proto", () => {
    const envelope = encodeEnvelope("a.json", new Uint8Array(), someId);
    expect(readAll(envelope.fill(0, 16, 24)).id).toEqual(noId);
    // Nor is what stands beside it looked at.
    expect(readAll(envelope.fill(0xff, 24, 40)).id).toEqual(noId);
  });

  test("half an origin is one", () => {
    const low = { ...someId, originHigh: 0 };
    const high = { ...someId, originLow: 0 };
    const nothing = new Uint8Array();
    expect(readAll(encodeEnvelope("a.json", nothing, low)).id).toEqual({ labelled: true, ...low });
    expect(readAll(encodeEnvelope("a.json", nothing, high)).id).toEqual({
      labelled: true,
      ...high,
    });
  });

  test("after a refusal all is as before, and the next envelope is read", () => {
    const reader = new EnvelopeReader();
    reader.read(Span.of(encodeEnvelope("a.json", Uint8Array.of(1), someId)));
    const before = allOf(reader);
    for (const { name, bytes } of malformedVectors()) {
      if (name === "malformed/typename-not-utf8") continue; // `decodeTopic` refuses it, not `read`
      expect(() => reader.read(Span.of(bytes))).toThrow(PeerError);
      expect(allOf(reader)).toEqual(before);
    }
    reader.read(Span.of(encodeEnvelope("b.json", Uint8Array.of(2))));
    expect(allOf(reader)).toEqual({ topic: "b.json", payload: "02", id: noId });
  });

  test("a topic that is not UTF-8 is left to the look-up, and refused when made a string", () => {
    const envelope = encodeEnvelope("a.json", new Uint8Array());
    envelope[32] = 0xff;
    const reader = new EnvelopeReader();
    reader.read(Span.of(envelope));
    expect(() => decodeTopic(reader.topic)).toThrow(PeerError);
    expect(() => decodeTopic(reader.topic)).toThrow("topic of 6 bytes that are not UTF-8");
  });

  test("a byte order mark is part of the topic", () => {
    expect(readAll(encodeEnvelope("\ufeffa.json", new Uint8Array())).topic).toBe("\ufeffa.json");
  });
});
