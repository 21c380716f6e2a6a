import { describe, expect, test } from "vitest";
import { CountingCodec, unfitBytes, unfitText } from "../test/support/counting-codec.ts";
import type { Codec } from "./codec/codec.ts";
import { CodecError } from "./errors.ts";
import { Impulse } from "./impulse.ts";
import { Namespace } from "./namespace.ts";
import { Neuron } from "./neuron.ts";

const namespace = new Namespace("dev");

function neuronOf(codec: CountingCodec): Neuron<string> {
  return new Neuron("Text", namespace, codec);
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

describe("an impulse of a value", () => {
  test("is encoded once, and only when its bytes are wanted", () => {
    const codec = new CountingCodec();
    const impulse = Impulse.ofValue(neuronOf(codec), "ale");
    expect(codec.encoded).toBe(0);
    expect(impulse.bytes).toEqual(bytesOf("ale"));
    expect(impulse.bytes).toBe(impulse.bytes);
    expect(codec.encoded).toBe(1);
  });

  test("gives back the very value, whatever neuron of its name asks", () => {
    const value = { litres: 1 };
    const codec: Codec<typeof value> = {
      name: "json",
      encode: () => new Uint8Array(),
      decode: () => ({ litres: 2 }),
    };
    const impulse = Impulse.ofValue(new Neuron("Beer", namespace, codec), value);
    const twin = new Neuron("Beer", namespace, { ...codec });
    expect(impulse.holdsSentValue).toBe(true);
    expect(impulse.valueBy(twin)).toBe(value);
    expect(impulse.sentValue).toBe(value);
  });

  test("that does not fit says so with its topic, each time", () => {
    const impulse = Impulse.ofValue(neuronOf(new CountingCodec()), unfitText);
    for (let times = 0; times < 2; times++) {
      expect(() => impulse.bytes).toThrow(CodecError);
      expect(() => impulse.bytes).toThrow(/dev\.Text\.text cannot be encoded: the value is unfit/);
    }
  });

  test("has topic and neuron, no source, and no id before it leaves", () => {
    const neuron = neuronOf(new CountingCodec());
    const impulse = Impulse.ofValue(neuron, "ale");
    expect(impulse).toMatchObject({ topic: neuron.name, neuron, source: undefined, id: undefined });
    impulse.mark({ originHigh: 0xffff_ffff, originLow: 1, sequence: 7, hops: 2 });
    expect(impulse.id).toEqual({ origin: 0xffff_ffff_0000_0001n, sequence: 7, hops: 2 });
  });
});

describe("an impulse of bytes", () => {
  test("keeps the bytes as they came, and encodes nothing", () => {
    const codec = new CountingCodec();
    const bytes = bytesOf("ale");
    const impulse = Impulse.ofBytes(neuronOf(codec), bytes);
    expect(impulse.bytes).toBe(bytes);
    expect(impulse.holdsSentValue).toBe(false);
    expect(codec).toMatchObject({ encoded: 0, decoded: 0 });
  });

  test("is decoded once for each codec, however many ask in whatever order", () => {
    const codecs = [new CountingCodec(), new CountingCodec(), new CountingCodec()];
    const neurons = codecs.map(neuronOf);
    const impulse = Impulse.ofBytes("dev.Text.text", bytesOf("ale"));
    for (const neuron of [...neurons, ...neurons.reverse(), ...neurons]) {
      expect(impulse.valueBy(neuron)).toBe("ale");
    }
    expect(codecs.map(({ decoded }) => decoded)).toEqual([1, 1, 1]);
  });

  test("keeps a value that is undefined, too", () => {
    let decoded = 0;
    const neuron = new Neuron<undefined>("Nothing", namespace, {
      name: "void",
      encode: () => new Uint8Array(),
      decode: () => {
        decoded += 1;
        return undefined;
      },
    });
    const twin = neuronOf(new CountingCodec("void"));
    const impulse = Impulse.ofBytes(neuron.name, bytesOf("ale"));
    for (const asked of [neuron, twin, neuron, twin, neuron]) impulse.valueBy<unknown>(asked);
    expect(decoded).toBe(1);
  });

  test("learns its neuron from the first who decodes it", () => {
    const neuron = neuronOf(new CountingCodec());
    const impulse = Impulse.ofBytes<string>(neuron.name, bytesOf("ale"));
    expect(impulse.neuron).toBeUndefined();
    impulse.valueBy(neuron);
    expect(impulse.neuron).toBe(neuron);
  });

  test("that do not decode say so with their topic, and are still there as bytes", () => {
    const neuron = neuronOf(new CountingCodec());
    const impulse = Impulse.ofBytes(neuron, unfitBytes);
    expect(() => impulse.valueBy(neuron)).toThrow(CodecError);
    expect(() => impulse.valueBy(neuron)).toThrow(/dev\.Text\.text cannot be decoded: .* unfit/);
    expect(impulse.bytes).toBe(unfitBytes);
  });
});

describe("a codec written elsewhere", () => {
  test.each([new Error("oh"), "oh", undefined, null, 7n, Symbol("oh"), Object.create(null)])(
    "may throw anything; what comes out is a CodecError with the cause",
    (thrown: unknown) => {
      const neuron = new Neuron<string>("Text", namespace, {
        name: "odd",
        encode: () => {
          throw thrown;
        },
        decode: () => {
          throw thrown;
        },
      });
      for (const act of [
        () => Impulse.ofValue(neuron, "ale").bytes,
        () => Impulse.ofBytes(neuron, bytesOf("ale")).valueBy(neuron),
      ]) {
        expect(act).toThrow(CodecError);
        expect(act).toThrow(expect.objectContaining({ cause: thrown }));
      }
    },
  );
});
