import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  bytesOf,
  captured,
  hexOf,
  Recorder,
  slices,
  textHex,
} from "../../../test/zmtp/recorder.ts";
import { PeerError } from "../../errors.ts";
import type { EnvelopeId } from "../envelope/fields.ts";
import { impulseIdByteCount, writeImpulseId } from "../impulse-id-frame.ts";
import { Chunk, Span } from "../span.ts";
import { FrameRules, frameFlags, frameHeadByteCount, writeFrameHead } from "./frame.ts";
import { FrameReader } from "./frame-reader.ts";
import { Session } from "./session.ts";
import { TopicMessageReader, type TopicMessageSink } from "./topic-message-reader.ts";

const id = { originHigh: 1, originLow: 2, sequence: 3, hops: 4 };
const idBody = new Uint8Array(impulseIdByteCount);
writeImpulseId(idBody, 0, id);

type Noted = { topic: string; payload: string; id: EnvelopeId | undefined } | PeerError;

class Notes implements TopicMessageSink {
  readonly noted: Noted[] = [];

  message(topic: Span, payload: Uint8Array, messageId: EnvelopeId | undefined): void {
    this.noted.push({
      topic: hexOf(topic.bytes),
      payload: hexOf(payload),
      id: messageId === undefined ? undefined : { ...messageId },
    });
  }

  malformed(cause: PeerError): void {
    this.noted.push(cause);
  }

  /** With the errors as their text. */
  get texts(): unknown[] {
    return this.noted.map((note) => (note instanceof PeerError ? note.message : note));
  }
}

function spanOf(hex: string): Span {
  return Span.of(bytesOf(hex));
}

/** What is made of messages, each given as the hex of its frames. */
function made(messages: readonly (readonly string[])[], takesIds: boolean): unknown[] {
  const notes = new Notes();
  const reader = new TopicMessageReader(notes, takesIds);
  for (const bodies of messages) {
    for (const [index, body] of bodies.entries()) {
      reader.frame(spanOf(body), index < bodies.length - 1);
    }
  }
  return notes.texts;
}

const last = { topic: "aa", payload: "bb", id: undefined };

describe("TopicMessageReader", () => {
  test("two frames are topic and payload, also to ours; either may be empty", () => {
    for (const takesIds of [false, true]) {
      expect(
        made(
          [
            ["aa", "bb"],
            ["", ""],
            ["aa", ""],
            ["", "bb"],
          ],
          takesIds,
        ),
      ).toEqual([
        last,
        { topic: "", payload: "", id: undefined },
        { topic: "aa", payload: "", id: undefined },
        { topic: "", payload: "bb", id: undefined },
      ]);
    }
  });

  test("a third frame from ours is the id", () => {
    expect(
      made(
        [
          ["aa", "bb", hexOf(idBody)],
          ["aa", "bb"],
        ],
        true,
      ),
    ).toEqual([{ topic: "aa", payload: "bb", id }, last]);
  });

  test("a third frame from another publisher makes the message malformed", () => {
    expect(
      made(
        [
          ["aa", "bb", hexOf(idBody)],
          ["aa", "bb"],
        ],
        false,
      ),
    ).toEqual(["a message of over two frames; only peers of ours give ids", last]);
  });

  test("one frame is no message", () => {
    expect(made([["aa"], ["aa", "bb"], [""]], true)).toEqual([
      "a message of one frame; it has a topic and a payload",
      last,
      "a message of one frame; it has a topic and a payload",
    ]);
  });

  test("any number of frames too many is told once, when the first of them is there", () => {
    const many = ["aa", "bb", hexOf(idBody), ...Array<string>(1_000).fill("cc")];
    expect(made([many, ["aa", "bb"]], true)).toEqual([
      "a message of over three frames; the third is an id, the last",
      last,
    ]);
    expect(made([many, ["aa", "bb"]], false)).toHaveLength(2);
    const notes = new Notes();
    const reader = new TopicMessageReader(notes, false);
    for (let count = 0; count < 3; count++) reader.frame(spanOf("aa"), true);
    expect(notes.noted).toHaveLength(1);
  });

  test("an id that is none makes the message malformed", () => {
    expect(
      made(
        [
          ["aa", "bb", "00"],
          ["aa", "bb"],
        ],
        true,
      ),
    ).toEqual(["impulse id of 1 bytes, it has 17", last]);
    expect(
      made(
        [
          ["aa", "bb", "00".repeat(17)],
          ["aa", "bb"],
        ],
        true,
      ),
    ).toEqual(["impulse id with origin 0: who gives no id sends no such frame", last]);
  });

  test("the next message is put together also if the sink threw at the last", () => {
    const notes = new Notes();
    const reader = new TopicMessageReader(
      {
        message: (topic, payload, messageId) => {
          notes.message(topic, payload, messageId);
          if (notes.noted.length === 1) throw new RangeError("of the sink");
        },
        malformed: (cause) => notes.malformed(cause),
      },
      true,
    );
    reader.frame(spanOf("aa"), true);
    expect(() => reader.frame(spanOf("bb"), false)).toThrow("of the sink");
    reader.frame(spanOf("aa"), true);
    reader.frame(spanOf("bb"), false);
    expect(notes.texts).toEqual([last, last]);
  });

  test("topic and payload are views, not copies", () => {
    const bytes = bytesOf("aabb");
    const views: Uint8Array[] = [];
    const reader = new TopicMessageReader(
      { message: (topic, payload) => void views.push(topic.bytes, payload), malformed: () => {} },
      false,
    );
    const body = new Span();
    const chunk = new Chunk(bytes);
    for (const [start, more] of [
      [0, true],
      [1, false],
    ] as const) {
      body.move(chunk, start, start + 1);
      reader.frame(body, more);
    }
    expect(views.map(hexOf)).toEqual(["aa", "bb"]);
    expect(views.map(({ buffer }) => buffer === bytes.buffer)).toEqual([true, true]);
  });

  test("whatever messages come, each is told once, however the stream is cut", () => {
    const frames = fc.oneof(
      { weight: 3, arbitrary: fc.uint8Array({ maxLength: 3 }) },
      { weight: 2, arbitrary: fc.constant(idBody) },
      { weight: 1, arbitrary: fc.constant(new Uint8Array(300)) },
    );
    const messages = fc.array(fc.array(frames, { minLength: 1, maxLength: 5 }), { maxLength: 8 });
    const cuts = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(messages, cuts, fc.boolean(), (messagesIn, cutsIn, takesIds) => {
        const notes = new Notes();
        const reader = new TopicMessageReader(notes, takesIds);
        const rules = new FrameRules(0);
        rules.allowMessages(300);
        const handler = {
          frame: (body: Span, flags: number) => reader.frame(body, (flags & frameFlags.more) !== 0),
        };
        const frameReader = new FrameReader(handler, rules);
        const stream = Buffer.concat(messagesIn.map(encodeMessage));
        for (const piece of slices(stream, cutsIn)) frameReader.push(piece);
        expect(notes.noted.map(kindOf)).toEqual(
          messagesIn.map((bodies) => expectedOf(bodies, takesIds)),
        );
      }),
    );
  });

  test("a message of libzmq 4.3.4", () => {
    const notes = new Notes();
    const reader = new TopicMessageReader(notes, false);
    const recorder = new Recorder();
    recorder.frame = (body, more) => reader.frame(body, more);
    const session = new Session({ socketType: "SUB" }, recorder);
    session.start(0);
    session.receive(captured("zmtp-null-pubsub-31.json", "listener->connector"), 0);
    expect(notes.texts).toEqual([
      { topic: textHex("topic"), payload: textHex("hello"), id: undefined },
    ]);
  });
});

function encodeMessage(bodies: readonly Uint8Array[]): Uint8Array {
  const frames = bodies.map((body, index) => {
    const frame = new Uint8Array(frameHeadByteCount(body.length) + body.length);
    const flags = index < bodies.length - 1 ? frameFlags.more : 0;
    frame.set(body, writeFrameHead(frame, 0, flags, body.length));
    return frame;
  });
  return Buffer.concat(frames);
}

/** By the rules as they are told to people: two frames, or three from ours if the last is an id. */
function expectedOf(bodies: readonly Uint8Array[], takesIds: boolean): unknown {
  const [topic, payload, third] = bodies.map(hexOf);
  if (bodies.length === 2) return { topic, payload, id: undefined };
  if (bodies.length !== 3 || !takesIds || third !== hexOf(idBody)) return "malformed";
  return { topic, payload, id };
}

function kindOf(note: Noted): unknown {
  return note instanceof PeerError ? "malformed" : note;
}
