import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { afterEach, describe, expect, test } from "vitest";
import type { Codec } from "./codec/codec.ts";
import { stringCodec } from "./codec/string.ts";
import { UsageError } from "./errors.ts";
import type { Incident } from "./incident.ts";
import { Namespace } from "./namespace.ts";
import { Neuron, topicOf } from "./neuron.ts";

const namespace = new Namespace("dev", "brewery");

/** A codec of a class, of which the neuron needs the name only. */
function codecNamed<T>(name: string): Codec<T> {
  return {
    name,
    encode: () => new Uint8Array(),
    decode: () => {
      throw new Error("not decoded here");
    },
  };
}

describe("the name of a neuron", () => {
  test("is namespace, type and codec", () => {
    const neuron = new Neuron("Note", namespace, stringCodec);
    expect(neuron.name).toBe("dev.brewery.Note.string_UTF-8");
    expect(neuron.typeName).toBe("Note");
    expect(neuron.type).toBeUndefined();
    expect(String(neuron)).toBe(neuron.name);
    expect(topicOf(neuron, "it")).toBe(neuron.name);
    expect(topicOf("dev.>", "it")).toBe("dev.>");
  });

  test("comes from a class by its name", () => {
    class Temperature {
      celsius = 0;
    }
    const neuron = new Neuron(Temperature, namespace, codecNamed<Temperature>("json"));
    expect(neuron.name).toBe("dev.brewery.Temperature.json");
    expect(neuron.type).toBe(Temperature);
  });

  test("comes from a class by its `typeName`, if it has one", () => {
    class Temperature {
      static readonly typeName = "Celsius";
      degrees = 0;
    }
    const neuron = new Neuron(Temperature, namespace, codecNamed<Temperature>("json"));
    expect(neuron.name).toBe("dev.brewery.Celsius.json");
  });

  test("of a class without a name is refused, with a way out", () => {
    const classes = [
      class {
        celsius = 0;
      },
    ];
    for (const nameless of classes) {
      // An anonymous class in an array has no name to inherit.
      expect(nameless.name).toBe("");
      expect(() => new Neuron(nameless, namespace, codecNamed<object>("json"))).toThrow(
        /static typeName/,
      );
    }
  });

  test.each(["", "a.b", "a b", "*", "a\u0000"])("has no type named %j", (type) => {
    expect(() => new Neuron(type, namespace, stringCodec)).toThrow(UsageError);
    expect(() => new Neuron("Note", namespace, codecNamed<string>(type))).toThrow(UsageError);
  });

  test("has at most 245 bytes", () => {
    // dev.brewery. has 12 bytes, .json has 5.
    expect(new Neuron("x".repeat(228), namespace, codecNamed("json")).name).toHaveLength(245);
    expect(() => new Neuron("x".repeat(229), namespace, codecNamed("json"))).toThrow(UsageError);
  });
});

describe("a class name that a minifier has shortened", () => {
  const incidents: unknown[] = [];
  const listener = (message: unknown): void => void incidents.push(message);

  afterEach(() => {
    unsubscribe("plexo:incident", listener);
    incidents.length = 0;
  });

  test("is an incident, since it is part of the address", () => {
    subscribe("plexo:incident", listener);
    class ab {
      celsius = 0;
    }
    expect(new Neuron(ab, namespace, codecNamed<ab>("json")).typeName).toBe("ab");
    const expected: Partial<Incident> = { kind: "name-shortened" };
    expect(incidents).toEqual([expect.objectContaining(expected)]);
  });

  test("is none where a name was given, however short", () => {
    subscribe("plexo:incident", listener);
    class ab {
      static readonly typeName = "Ab";
      celsius = 0;
    }
    class Beer {
      litres = 0;
    }
    const neurons = [
      new Neuron(ab, namespace, codecNamed<ab>("json")),
      new Neuron("x", namespace, stringCodec),
      new Neuron(Beer, namespace, codecNamed<Beer>("json")),
    ];
    expect(neurons.map(({ typeName }) => typeName)).toEqual(["Ab", "x", "Beer"]);
    expect(incidents).toEqual([]);
  });
});
