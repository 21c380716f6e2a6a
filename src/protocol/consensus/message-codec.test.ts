import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { laidOutAnew, relayouts } from "../../../test/capnp/laid-out-anew.ts";
import { controlMessages } from "../../../test/consensus/control-messages.ts";
import {
  ipv4Space,
  originalVectors,
  toolVectors,
} from "../../../test/consensus/control-vectors.ts";
import { hexOf, malformedVectors } from "../../../test/envelope/vectors.ts";
import { PeerError, UsageError } from "../../errors.ts";
import { readCapnpRoot } from "../capnp/reader.ts";
import { type CapnpStructWriter, CapnpWriter } from "../capnp/writer.ts";
import { encodeUtf8 } from "../utf8.ts";
import { AddressSpace } from "./address-space.ts";
import { channelOf, controlChannels } from "./channel.ts";
import type { Assignment, ControlMessage, Heartbeat, PromiseMessage } from "./message.ts";
import { type ControlLimits, ControlMessageCodec } from "./message-codec.ts";

const codec = new ControlMessageCodec(ipv4Space);

const ballot = { proposalId: 5n, instanceId: 9n };
const heartbeat: Heartbeat = {
  kind: "heartbeat",
  instanceId: 9n,
  intervalMs: 5_000,
  voter: true,
  hello: false,
  leaving: false,
  digest: 0n,
  listeningDigest: 0n,
  listeningCount: 0,
  listening: [],
};
const promise: PromiseMessage = {
  kind: "promise",
  typeName: "a.B.json",
  epoch: 1n,
  ballot,
  voterId: 7n,
  accepted: { proposalId: 4n, instanceId: 8n },
  address: 77,
  misdirected: false,
};
const assignment: Assignment = {
  kind: "assignment",
  instanceId: 9n,
  digest: 3n,
  firstBucket: 0,
  bucketCount: 0,
  records: [],
  bucketDigests: [],
};

function decode(kind: ControlMessage["kind"], bytes: Uint8Array, limits?: ControlLimits) {
  return new ControlMessageCodec(ipv4Space, limits).decode(channelOf(kind), bytes);
}

/** A message whose root has this size and content. */
function written(
  dataWordCount: number,
  pointerCount: number,
  write: (root: CapnpStructWriter) => void,
): Uint8Array {
  const writer = new CapnpWriter({ dataWordCount, pointerCount });
  write(writer.root);
  return writer.finish();
}

/** The struct of a ballot's message: a ballot, a type name, and an address if it has bytes. */
function ballotStruct({
  words = [9n, 5n],
  typeName = encodeUtf8("a.B.json"),
  address,
}: {
  readonly words?: readonly bigint[];
  readonly typeName?: Uint8Array;
  readonly address?: readonly number[];
}): Uint8Array {
  return written(words.length, 2, (root) => {
    for (const [index, word] of words.entries()) root.uint64(index, word);
    root.text(0, typeName);
    if (address !== undefined) root.data(1, Uint8Array.from(address));
  });
}

describe("golden: as pyplexo 1.0.0 writes them", () => {
  const vectors = originalVectors();
  const refused = ["control/heartbeat-zero", "control/preparation-max-ids"];
  const taken = vectors.filter(({ name }) => !refused.includes(name));

  test.each(taken)("$name is read", ({ channel, space, bytes, message }) => {
    expect(new ControlMessageCodec(space).decode(channel, bytes)).toEqual(message);
  });

  // We write null where it says empty.
  test.each(taken.filter(({ name }) => name !== "control/promise-empty-ip"))(
    "$name is what we write",
    ({ space, bytes, message }) => {
      expect(hexOf(new ControlMessageCodec(space).encode(message))).toBe(hexOf(bytes));
    },
  );

  test("an empty address is none, and written as null", () => {
    const [empty, none] = ["empty", "null"].map((what) =>
      vectors.find(({ name }) => name === `control/promise-${what}-ip`),
    );
    expect(empty?.message).toEqual(none?.message);
    const bytes = codec.encode(promiseOf(empty?.message));
    expect(hexOf(bytes)).toBe(hexOf(none?.bytes ?? new Uint8Array()));
  });

  test("a promise on the channel of proposals is known by its size", () => {
    const message = vectors.find(({ name }) => name === "control/misdirected-promise");
    const bytes = message?.bytes ?? new Uint8Array();
    expect(decode("proposal", bytes)).toEqual({
      ...promise,
      typeName: "dev.plexo.test.Foo.pickle",
      epoch: 0n,
      ballot: { proposalId: 1_795_346_307_588_002_048n, instanceId: 4_043_443_878_888_935_921n },
      voterId: 0n,
      accepted: { proposalId: 8n, instanceId: 7n },
      misdirected: true,
    });
    expect(decode("promise", bytes)).toMatchObject({ kind: "promise", misdirected: false });
  });

  test.each(vectors.filter(({ name }) => refused.includes(name)))("$name is refused", (vector) => {
    expect(() => codec.decode(vector.channel, vector.bytes)).toThrow(PeerError);
  });
});

function promiseOf(message: ControlMessage | undefined): PromiseMessage {
  if (message?.kind !== "promise") throw new Error("not a promise");
  return message;
}

describe("golden: as the capnp tool writes them by our schema", () => {
  test.each(toolVectors())("$name is read in each of its layouts", (vector) => {
    const { channel, space, message } = vector;
    for (const bytes of [vector.bytes, vector.inSegments, vector.canonical]) {
      expect(new ControlMessageCodec(space).decode(channel, bytes)).toEqual(message);
    }
  });

  test.each(toolVectors())("$name is what we write", ({ space, message, ours }) => {
    expect(hexOf(new ControlMessageCodec(space).encode(message))).toBe(hexOf(ours));
  });
});

describe("every message", () => {
  test("that is written is read back", () => {
    fc.assert(
      fc.property(controlMessages, (message) => {
        expect(codec.decode(channelOf(message.kind), codec.encode(message))).toEqual(message);
      }),
      { numRuns: 500 },
    );
  });

  test("says the same however it is laid out", () => {
    fc.assert(
      fc.property(controlMessages, relayouts, (message, relayout) => {
        const bytes = laidOutAnew(codec.encode(message), relayout);
        expect(codec.decode(channelOf(message.kind), bytes)).toEqual(message);
      }),
      { numRuns: 500 },
    );
  });

  test("has nothing of the bytes it was read from, nor writes to them", () => {
    fc.assert(
      fc.property(controlMessages, (message) => {
        const bytes = codec.encode(message);
        const before = bytes.slice();
        const decoded = codec.decode(channelOf(message.kind), bytes);
        expect(bytes).toEqual(before);
        bytes.fill(0xff);
        expect(decoded).toEqual(message);
      }),
    );
  });

  test("that is cut, or has a byte changed, is refused as the peer's fault or is another message", () => {
    const changes = fc.tuple(fc.nat(), fc.nat(255), fc.boolean());
    fc.assert(
      fc.property(controlMessages, changes, (message, [at, byte, cut]) => {
        const bytes = codec.encode(message);
        const index = at % bytes.length;
        if (!cut) bytes[index] = byte;
        const changed = cut ? bytes.subarray(0, index) : bytes;
        for (const channel of controlChannels) expectMessageOrPeerError(channel.kind, changed);
      }),
      { numRuns: 500 },
    );
  });
});

function expectMessageOrPeerError(kind: ControlMessage["kind"], bytes: Uint8Array): void {
  try {
    const message = decode(kind, bytes);
    expect(codec.decode(channelOf(message.kind), codec.encode(message))).toEqual({
      ...message,
      ...(message.kind === "promise" && { misdirected: false }),
    });
  } catch (error) {
    expect(error).toBeInstanceOf(PeerError);
  }
}

test.each(malformedVectors())("golden: $name is refused on every channel", ({ bytes }) => {
  for (const { kind, topic } of controlChannels) {
    expect(() => decode(kind, bytes)).toThrow(PeerError);
    expect(() => decode(kind, bytes)).toThrow(topic);
  }
});

test("a proposal of ours never has the four words by which promises are known", () => {
  const proposals = controlMessages.filter(({ kind }) => kind === "proposal");
  fc.assert(
    fc.property(proposals, (message) => {
      expect(readCapnpRoot(codec.encode(message)).dataWordCount).not.toBe(4);
    }),
  );
});

describe("structs of other versions", () => {
  test("fields that only the writer knows are passed over", () => {
    const bytes = written(8, 3, (root) => {
      for (const [index, word] of [9n, 1n, 5_000n, 0n, 0n, 0n, 1n, 2n].entries()) {
        root.uint64(index, word);
      }
      root.data(1, Uint8Array.of(1, 2, 3));
      root.uint64s(2, [1n]);
    });
    expect(decode("heartbeat", bytes)).toEqual(heartbeat);
  });

  test("flags that only the writer knows are passed over", () => {
    const bytes = written(2, 0, (root) => {
      root.uint64(0, 9n);
      root.uint64(1, 2n ** 64n - 1n - 2n);
    });
    expect(decode("heartbeat", bytes)).toMatchObject({ voter: true, hello: false, leaving: true });
  });

  test("lists whose elements have become structs are read by their first fields", () => {
    const names = written(6, 1, (root) => {
      for (const [index, word] of [9n, 1n, 5_000n, 0n, 0n, 2n].entries()) root.uint64(index, word);
      const structs = root.structs(0, 2, { dataWordCount: 1, pointerCount: 2 });
      for (const [index, struct] of structs.entries()) struct.text(0, encodeUtf8(`t${index}`));
    });
    expect(decode("heartbeat", names)).toEqual({
      ...heartbeat,
      listeningCount: 2,
      listening: ["t0", "t1"],
    });
    const digests = written(2, 2, (root) => {
      root.uint64(0, 9n);
      const structs = root.structs(1, 256, { dataWordCount: 2, pointerCount: 0 });
      for (const [index, struct] of structs.entries()) struct.uint64(0, BigInt(index));
    });
    expect(decode("assignment", digests)).toMatchObject({
      bucketDigests: Array.from({ length: 256 }, (_, index) => BigInt(index)),
    });
  });

  test("records may be longer than ours, or shorter where that says 0", () => {
    for (const dataWordCount of [0, 1, 2, 5]) {
      const bytes = written(1, 1, (root) => {
        root.uint64(0, 9n);
        const [record] = root.structs(0, 1, { dataWordCount, pointerCount: 3 });
        record?.text(0, encodeUtf8("a"));
        record?.data(1, Uint8Array.of(239, 255, 1, 0));
      });
      expect(decode("assignment", bytes)).toMatchObject({
        records: [{ typeName: "a", address: 256, epoch: 0n, legacy: false }],
      });
    }
  });

  test("empty lists and null ones are alike", () => {
    const bytes = written(4, 2, (root) => {
      root.uint64(0, 9n);
      root.uint64(1, 3n);
      root.structs(0, 0, { dataWordCount: 2, pointerCount: 2 });
      root.uint64s(1, []);
    });
    expect(decode("assignment", bytes)).toEqual(assignment);
  });
});

describe("what a peer may not send", () => {
  const tooHigh = 2n ** 63n;
  test.each([
    ["instance id 0", "preparation", { words: [0n, 5n] }, "instance id 0"],
    ["proposal id 2^63", "preparation", { words: [9n, tooHigh] }, `proposal id is ${tooHigh}`],
    ["epoch 2^63", "approval", { words: [9n, 5n, tooHigh] }, `epoch is ${tooHigh}, at most 2^63-1`],
    ["accepted id", "promise", { words: [9n, 5n, 8n, tooHigh] }, "accepted proposal id is"],
    ["the same misdirected", "proposal", { words: [9n, 5n, 8n, tooHigh] }, "accepted proposal id"],
    ["promised id", "rejection", { words: [9n, 5n, 0n, 0n, 8n, tooHigh] }, "promised proposal id"],
    ["no type name", "rejection", { typeName: new Uint8Array() }, "type name of 0 bytes, 1 to 245"],
    ["long name", "proposal", { typeName: new Uint8Array(246).fill(97) }, "type name of 246 bytes"],
    ["not UTF-8", "promise", { typeName: Uint8Array.of(0xc3) }, "1 bytes that are not UTF-8"],
    ["other network", "proposal", { address: [239, 254, 0, 9] }, "239.254.0.9 is outside 239.255"],
    ["IPv6", "approval", { address: [...new Uint8Array(16)] }, "address :: is outside"],
    ["no address at all", "promise", { address: [1, 2, 3] }, "address 3 bytes is outside"],
  ] as const)("%s", (_what, kind, fields, reason) => {
    const bytes = ballotStruct(fields);
    expect(() => decode(kind, bytes)).toThrow(PeerError);
    expect(() => decode(kind, bytes)).toThrow(reason);
    expect(() => decode(kind, bytes)).toThrow(channelOf(kind).topic);
  });

  test("a type name that is null", () => {
    const bytes = written(2, 0, (root) => {
      root.uint64(0, 9n);
    });
    expect(() => decode("preparation", bytes)).toThrow("type name of 0 bytes");
  });

  test.each([
    [[9n, 0n, 3_600_001n], "interval in milliseconds is 3600001, an integer from 0 to 3600000"],
    [[9n, 0n, 2n ** 64n - 1n], "interval in milliseconds is"],
    [[9n, 0n, 0n, 0n, 0n, 2n ** 33n], "count of types listened to is 8589934592"],
  ])("a heartbeat of words %s", (words, reason) => {
    const bytes = written(words.length, 0, (root) => {
      for (const [index, word] of words.entries()) root.uint64(index, word);
    });
    expect(() => decode("heartbeat", bytes)).toThrow(reason);
  });

  test("more names in a heartbeat than it counts", () => {
    const bytes = written(1, 1, (root) => {
      root.uint64(0, 9n);
      root.texts(0, [encodeUtf8("a")]);
    });
    expect(() => decode("heartbeat", bytes)).toThrow("count of types listened to is 0");
  });

  test.each([
    [[257n, 0n], "first bucket is 257, an integer from 0 to 256"],
    [[256n, 1n], "count of buckets from 256 on is 1, an integer from 0 to 0"],
    [[0n, 257n], "count of buckets from 0 on is 257, an integer from 0 to 256"],
    [[2n ** 64n - 1n, 1n], "first bucket is"],
  ])("buckets %s", ([first = 0n, count = 0n], reason) => {
    const bytes = written(4, 0, (root) => {
      root.uint64(0, 9n);
      root.uint64(2, first);
      root.uint64(3, count);
    });
    expect(() => decode("assignment", bytes)).toThrow(reason);
  });

  test("digests of some buckets only", () => {
    const bytes = written(1, 2, (root) => {
      root.uint64(0, 9n);
      root.uint64s(1, Array<bigint>(255).fill(1n));
    });
    expect(() => decode("assignment", bytes)).toThrow("255 bucket digests, either none or 256");
  });

  test("a record without an address", () => {
    const bytes = written(1, 1, (root) => {
      root.uint64(0, 9n);
      const [record] = root.structs(0, 1, { dataWordCount: 2, pointerCount: 2 });
      record?.text(0, encodeUtf8("a"));
    });
    expect(() => decode("assignment", bytes)).toThrow("record without an address");
  });

  test("a record of epoch 2^63", () => {
    const bytes = written(1, 1, (root) => {
      root.uint64(0, 9n);
      const [record] = root.structs(0, 1, { dataWordCount: 2, pointerCount: 2 });
      record?.uint64(0, tooHigh);
      record?.text(0, encodeUtf8("a"));
      record?.data(1, Uint8Array.of(239, 255, 1, 0));
    });
    expect(() => decode("assignment", bytes)).toThrow(`epoch is ${tooHigh}, at most 2^63-1`);
  });

  test("a refusal has its parts as fields, and its cause", () => {
    try {
      decode("preparation", ballotStruct({ words: [9n, tooHigh] }));
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({
        message:
          "dev.plexo.PlexoPreparation.capnp: " +
          "proposal id is 9223372036854775808, at most 2^63-1 taken",
        details: { channel: "preparation", value: tooHigh, max: tooHigh - 1n },
      });
      expect(error).toHaveProperty("cause");
    }
  });
});

describe("limits", () => {
  test("so many bytes, names and records are taken, and no more", () => {
    const listening = ["a", "b", "c"];
    const names = codec.encode({ ...heartbeat, listening, listeningCount: 3 });
    expect(decode("heartbeat", names, { listeningNamesMax: 3 })).toMatchObject({ listening });
    expect(() => decode("heartbeat", names, { listeningNamesMax: 2 })).toThrow(
      "3 names of types listened to, at most 2 taken",
    );
    const record = { typeName: "a", epoch: 0n, address: 77, legacy: false };
    const records = codec.encode({ ...assignment, records: [record, record] });
    expect(decode("assignment", records, { recordsMax: 2 })).toMatchObject({
      records: [record, record],
    });
    expect(() => decode("assignment", records, { recordsMax: 1 })).toThrow(
      "2 records, at most 1 taken",
    );
    expect(() => decode("heartbeat", names, { messageBytesMax: names.length })).not.toThrow();
    expect(() => decode("heartbeat", names, { messageBytesMax: names.length - 1 })).toThrow(
      `message of ${names.length} bytes, at most ${names.length - 1} taken`,
    );
    expect(() => decode("heartbeat", names, { intervalMsMax: 4_999 })).toThrow("from 0 to 4999");
  });

  test("a message that is at every other limit has no more bytes than are taken", () => {
    const ipv6Codec = new ControlMessageCodec(new AddressSpace("ff15::/112"));
    const typeName = "x".repeat(245);
    const records = Array.from({ length: 2_048 }, (_, address) => ({
      typeName,
      epoch: 1n,
      address,
      legacy: true,
    }));
    const bucketDigests = Array<bigint>(256).fill(1n);
    const longest = { ...assignment, records, bucketDigests };
    expect(ipv6Codec.encode(longest).length).toBeGreaterThan(600_000);
    const listening = Array<string>(256).fill(typeName);
    expect(() => ipv6Codec.encode({ ...heartbeat, listening, listeningCount: 256 })).not.toThrow();
  });

  test("one that is not above 0 is refused", () => {
    expect(() => new ControlMessageCodec(ipv4Space, { recordsMax: 0 })).toThrow(UsageError);
  });

  // A list pointer claims what would take gigabytes to hold: of void, or of structs by its tag.
  test.each([
    ["heartbeat", 28, (2 ** 29 - 1) << 3, `${2 ** 29 - 1} names of types listened to`],
    ["assignment", 28, (2 ** 29 - 1) << 3, `${2 ** 29 - 1} records`],
    ["assignment", 40, (2 ** 30 - 1) << 2, `${2 ** 30 - 1} records`],
    ["assignment", 36, (2 ** 29 - 1) << 3, `${2 ** 29 - 1} bucket digests`],
  ] as const)(
    "%s, at %i: elements that take no bytes are counted first",
    (kind, at, half, reason) => {
      const bytes = written(1, 2, (root) => {
        root.uint64(0, 9n);
        root.structs(0, 0, { dataWordCount: 0, pointerCount: 0 });
        root.uint64s(1, []);
      });
      new DataView(bytes.buffer).setUint32(at, half, true);
      expect(() => decode(kind, bytes)).toThrow(reason);
    },
  );
});

describe("what is not written", () => {
  test.each<readonly [string, ControlMessage, string]>([
    ["instance id 0", { ...heartbeat, instanceId: 0n }, "instance id 0"],
    ["instance id 2^64", { ...heartbeat, instanceId: 2n ** 64n }, "not a UInt64"],
    ["a negative digest", { ...heartbeat, digest: -1n }, "-1 is not a UInt64"],
    ["half a millisecond", { ...heartbeat, intervalMs: 0.5 }, "interval in milliseconds is 0.5"],
    ["too many names", { ...heartbeat, listening: Array<string>(257).fill("a") }, "257 names"],
    ["an empty type name", { ...promise, typeName: "" }, "type name of 0 bytes"],
    ["a long type name", { ...promise, typeName: "ü".repeat(123) }, "type name of 246 bytes"],
    ["an address beyond", { ...promise, address: 65_536 }, "no address 65536 in 239.255.0.0/16"],
    ["part of an address", { ...promise, address: 1.5 }, "no address 1.5"],
    ["a high proposal id", { ...promise, ballot: { ...ballot, proposalId: 2n ** 63n } }, "2^63-1"],
    ["buckets beyond", { ...assignment, firstBucket: 200, bucketCount: 57 }, "from 0 to 56"],
    ["some digests", { ...assignment, bucketDigests: [1n] }, "1 bucket digests"],
  ])("%s is told as wrong use", (_what, message, reason) => {
    expect(() => codec.encode(message)).toThrow(UsageError);
    expect(() => codec.encode(message)).toThrow(reason);
  });

  test("a message that would be too long", () => {
    const small = new ControlMessageCodec(ipv4Space, { messageBytesMax: 100 });
    expect(() => small.encode({ ...promise, typeName: "x".repeat(100) })).toThrow(UsageError);
  });
});
