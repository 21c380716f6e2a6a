/**
 * What the types promise, proved by the compiler: `tsc -p tsconfig.json` reads this file. Where a
 * line must not compile, `@ts-expect-error` makes the compiler complain if it does.
 */
import { describe, expectTypeOf, test } from "vitest";
import * as z from "zod";
import { Axon } from "../../src/axon.ts";
import { bytesCodec } from "../../src/codec/bytes.ts";
import type { Codec } from "../../src/codec/codec.ts";
import { jsonCodec } from "../../src/codec/json.ts";
import { stringCodec } from "../../src/codec/string.ts";
import type { Ganglion, Sendable } from "../../src/ganglion/ganglion.ts";
import type { Impulse } from "../../src/impulse.ts";
import type { Incident } from "../../src/incident.ts";
import { Namespace } from "../../src/namespace.ts";
import { Neuron } from "../../src/neuron.ts";
import { Plexus } from "../../src/plexus.ts";
import type { Subscription } from "../../src/subscription.ts";

interface Reading {
  readonly tank: string;
  readonly celsius: number;
}

class Beer {
  readonly litres: number;
  constructor(litres: number) {
    this.litres = litres;
  }
  get isEmpty(): boolean {
    return this.litres === 0;
  }
}

const namespace = new Namespace("dev", "brewery");
const beerCodec: Codec<Beer> = {
  name: "json",
  encode: ({ litres }) => jsonCodec<number>().encode(litres),
  decode: (bytes) => new Beer(jsonCodec<number>().decode(bytes)),
};

const reading = new Neuron("Reading", namespace, jsonCodec<Reading>());
const validated = new Neuron(
  "Reading",
  namespace,
  jsonCodec(z.object({ tank: z.string(), celsius: z.number() })),
);
const note = new Neuron("Note", namespace, stringCodec);
const blob = new Neuron("Blob", namespace, bytesCodec);
const beer = new Neuron(Beer, namespace, beerCodec);
const count = new Neuron("Count", namespace, jsonCodec<number>());
const optional = new Neuron("Optional", namespace, jsonCodec<{ readonly signal?: string }>());
const choice = new Neuron("Choice", namespace, jsonCodec<"a" | "b">());

type Body = (ganglion: Ganglion, plexus: Plexus) => unknown;

/** What stands in `body` is compiled, and never called. */
function compiled(body: Body): Body {
  return body;
}

describe("a neuron", () => {
  test("has the type of its codec", () => {
    expectTypeOf(reading).toEqualTypeOf<Neuron<Reading>>();
    expectTypeOf(validated).toEqualTypeOf<Neuron<{ tank: string; celsius: number }>>();
    expectTypeOf(note).toEqualTypeOf<Neuron<string>>();
    expectTypeOf(blob).toEqualTypeOf<Neuron<Uint8Array>>();
    expectTypeOf(beer).toEqualTypeOf<Neuron<Beer>>();
  });

  test("takes a class only with a codec for it", () => {
    // @ts-expect-error -- the codec is one of text
    expectTypeOf(compiled(() => new Neuron(Beer, namespace, stringCodec))).toBeFunction();
    // @ts-expect-error -- a namespace is not a text
    expectTypeOf(compiled(() => new Neuron("Note", "dev.brewery", stringCodec))).toBeFunction();
    // @ts-expect-error -- a namespace has a part at least
    expectTypeOf(compiled(() => new Namespace())).toBeFunction();
  });

  test("of any type goes where a neuron is wanted", () => {
    expectTypeOf(
      compiled((ganglion) => {
        const neurons: readonly Neuron[] = [reading, note, blob, beer];
        return neurons.map((each) => [ganglion.adapt(each), ganglion.capable(each)]);
      }),
    ).toBeFunction();
  });
});

describe("transmit", () => {
  test("takes the neuron's values", () => {
    expectTypeOf(
      compiled((ganglion, plexus) => [
        ganglion.transmit(reading, { tank: "A", celsius: 11.4 }),
        plexus.transmit(validated, { tank: "A", celsius: 11.4 }, { timeoutMs: 5 }),
        plexus.transmit(note, "ale"),
        plexus.transmit(blob, new Uint8Array()),
        plexus.transmit(beer, new Beer(1)),
        plexus.transmit(choice, "a"),
        plexus.transmit(optional, {}),
      ]),
    ).toBeFunction();
    expectTypeOf(
      compiled((ganglion) => {
        expectTypeOf(ganglion.transmit(note, "ale")).toEqualTypeOf<Promise<void>>();
      }),
    ).toBeFunction();
  });

  test("refuses a value of another type", () => {
    expectTypeOf(
      compiled((ganglion, plexus) => [
        // @ts-expect-error -- a field is missing
        ganglion.transmit(reading, { tank: "A" }),
        // @ts-expect-error -- a field is of another type
        ganglion.transmit(reading, { tank: "A", celsius: "11.4" }),
        // @ts-expect-error -- a field too many is a slip of the pen
        ganglion.transmit(reading, { tank: "A", celsius: 11.4, fahrenheit: 52.5 }),
        // @ts-expect-error -- every field is missing
        ganglion.transmit(reading, {}),
        // @ts-expect-error -- no value at all
        ganglion.transmit(reading),
        // @ts-expect-error -- nor is this one
        ganglion.transmit(reading, undefined),
        // @ts-expect-error -- nor this
        ganglion.transmit(reading, null),
        // @ts-expect-error -- a field is missing, with a schema too
        plexus.transmit(validated, { tank: "A" }),
        // @ts-expect-error -- a number is no text
        plexus.transmit(note, 7),
        // @ts-expect-error -- a text is no choice of ours
        plexus.transmit(choice, "c"),
        // @ts-expect-error -- T comes from the neuron, not from the value
        plexus.transmit(count, "7"),
        // @ts-expect-error -- what looks like options is not the value
        plexus.transmit(reading, { timeoutMs: 5 }),
        // @ts-expect-error -- options come third
        plexus.transmit(note, { signal: AbortSignal.abort() }),
        // @ts-expect-error -- an array of values is not a value
        plexus.transmit(count, [1, 2]),
      ]),
    ).toBeFunction();
  });

  test("refuses a value of a supertype, which may lack what receivers need", () => {
    expectTypeOf(
      compiled((ganglion, plexus) => {
        const shape: { readonly tank: string } = { tank: "A", celsius: 1 } as Reading;
        const anything: unknown = 7;
        const object: object = { tank: "A", celsius: 1 };
        return [
          // @ts-expect-error -- a supertype
          ganglion.transmit(reading, shape),
          // @ts-expect-error -- the widest of all
          ganglion.transmit(reading, anything),
          // @ts-expect-error -- any object
          ganglion.transmit(reading, object),
          // @ts-expect-error -- a class has more than its fields
          plexus.transmit(beer, { litres: 1 }),
        ];
      }),
    ).toBeFunction();
  });

  test("takes an instance alone, and no neuron alone", () => {
    expectTypeOf(
      compiled((ganglion, plexus) => [
        ganglion.transmit(new Beer(1)),
        plexus.transmit(new Beer(1), { timeoutMs: 5, signal: AbortSignal.abort() }),
        // @ts-expect-error -- a text is no instance
        plexus.transmit("ale"),
        // @ts-expect-error -- nor is a number
        plexus.transmit(7),
        // @ts-expect-error -- options have no such name
        plexus.transmit(new Beer(1), { timeout: 5 }),
        // @ts-expect-error -- a neuron is an address, not a message
        plexus.transmit(beer),
        // @ts-expect-error -- and takes a value, not options
        plexus.transmit(beer, { timeoutMs: 5 }),
        // @ts-expect-error -- no class of ours makes arrays
        plexus.transmit([1, 2, 3]),
        // @ts-expect-error -- nor functions
        plexus.transmit(() => 1),
        // @ts-expect-error -- a class is none of its instances
        plexus.transmit(Beer),
      ]),
    ).toBeFunction();
  });

  test("says in words what is wrong with what goes alone", () => {
    expectTypeOf<Sendable<Beer>>().toBeUnknown();
    expectTypeOf<Sendable<Neuron<Beer>>>().toExtend<`${string}with a value of its type${string}`>();
    expectTypeOf<Sendable<number[]>>().toExtend<`${string}give the neuron first${string}`>();
    expectTypeOf<Sendable<typeof Beer>>().toEqualTypeOf<Sendable<() => void>>();
  });

  // A limit, which the guide states: a list of neurons of several types asks for it.
  test("of a neuron taken for one of a supertype takes values of that", () => {
    expectTypeOf(
      compiled((plexus) => {
        const wide: Neuron<{ readonly tank: string }> = reading;
        return plexus.transmit(wide, { tank: "A" });
      }),
    ).toBeFunction();
  });

  test("of a neuron that may be one of several takes what all of them take", () => {
    expectTypeOf(
      compiled((plexus) => {
        const either = note as Neuron<string> | Neuron<number>;
        // @ts-expect-error -- it may be the one of numbers
        return plexus.transmit(either, "ale");
      }),
    ).toBeFunction();
  });

  test("sends bytes by neuron or topic, and nothing else", () => {
    expectTypeOf(
      compiled((ganglion) => [
        ganglion.transmitRaw(reading, new Uint8Array()),
        ganglion.transmitRaw("dev.brewery.Reading.json", Buffer.alloc(1)),
        // @ts-expect-error -- a value is not bytes
        ganglion.transmitRaw(reading, { tank: "A", celsius: 1 }),
        // @ts-expect-error -- nor is a text
        ganglion.transmitRaw(note, "ale"),
      ]),
    ).toBeFunction();
  });
});

describe("a reactant", () => {
  test("gets the neuron's value and its impulse, without a cast", () => {
    expectTypeOf(
      compiled((ganglion, plexus) => [
        ganglion.react(reading, (value, impulse) => {
          expectTypeOf(value).toEqualTypeOf<Reading>();
          expectTypeOf(impulse).toEqualTypeOf<Impulse<Reading>>();
          expectTypeOf(impulse.neuron).toEqualTypeOf<Neuron<Reading> | undefined>();
        }),
        plexus.react(validated, ({ tank, celsius }) => {
          expectTypeOf(tank).toBeString();
          expectTypeOf(celsius).toBeNumber();
        }),
        plexus.react(beer, (value) => {
          expectTypeOf(value.isEmpty).toBeBoolean();
        }),
      ]),
    ).toBeFunction();
  });

  test("may know less than the value, and not more", () => {
    expectTypeOf(
      compiled((ganglion) => [
        ganglion.react(reading, ({ tank }: { readonly tank: string }) => void tank),
        ganglion.react(reading, () => {}),
        ganglion.react(reading, async () => {}),
        // @ts-expect-error -- the value has no such field
        ganglion.react(reading, ({ fahrenheit }) => void fahrenheit),
        // @ts-expect-error -- T comes from the neuron, not from the reactant
        ganglion.react(reading, (value: Reading & { fahrenheit: number }) => void value),
        // @ts-expect-error -- a text is no number
        ganglion.react(note, (value: number) => void value),
      ]),
    ).toBeFunction();
  });

  test("may return whatever its last call does", () => {
    expectTypeOf(
      compiled((ganglion, plexus) => {
        const list: Reading[] = [];
        const set = new Set<string>();
        const axon = plexus.axon(reading);
        return [
          ganglion.react(reading, (value) => list.push(value)),
          ganglion.react(note, (text) => set.add(text)),
          ganglion.react(note, (text) => text === "ale" && ganglion.transmit(count, 1)),
          plexus.react(count, async (value) => value + 1),
          plexus.reactRaw("dev.>", (bytes) => bytes.length),
          axon.react((value) => list.push(value)),
          axon.reactRaw((bytes) => bytes.length),
          // @ts-expect-error -- what it takes is checked all the same
          ganglion.react(note, (value: Reading) => list.push(value)),
          // @ts-expect-error -- and inferred: a text is no Reading
          ganglion.react(note, (value) => list.push(value)),
          // @ts-expect-error -- nor are bytes
          axon.reactRaw((bytes) => list.push(bytes)),
          // @ts-expect-error -- a value is no reactant
          ganglion.react(note, set.add("ale")),
        ];
      }),
    ).toBeFunction();
  });

  test("of bytes gets bytes, whatever the neuron, and an impulse of unknown", () => {
    expectTypeOf(
      compiled((ganglion) => [
        ganglion.reactRaw(reading, (bytes, impulse) => {
          expectTypeOf(bytes).toEqualTypeOf<Uint8Array>();
          expectTypeOf(impulse).toEqualTypeOf<Impulse>();
        }),
        ganglion.reactRaw("dev.>", async (bytes) => void bytes.length),
        // @ts-expect-error -- nothing is decoded for it
        ganglion.reactRaw(reading, (value: Reading) => void value),
      ]),
    ).toBeFunction();
  });

  test("gives a subscription", () => {
    expectTypeOf(
      compiled((ganglion) => {
        expectTypeOf(ganglion.react(note, () => {})).toEqualTypeOf<Subscription>();
        expectTypeOf(ganglion.reactRaw(note, () => {})).toEqualTypeOf<Subscription>();
        using subscription = ganglion.on("incident", (incident) => {
          expectTypeOf(incident).toEqualTypeOf<Incident>();
        });
        return subscription.ready;
      }),
    ).toBeFunction();
    // @ts-expect-error -- there is no such event
    expectTypeOf(compiled((ganglion) => ganglion.on("message", () => {}))).toBeFunction();
  });

  test("has options that exist only", () => {
    const signal = AbortSignal.abort();
    expectTypeOf(
      compiled((ganglion) => [
        ganglion.react(note, () => {}, {
          concurrency: 2,
          queue: { limit: 5, policy: "error" },
          signal,
        }),
        // @ts-expect-error -- no such policy
        ganglion.react(note, () => {}, { queue: { policy: "drop" } }),
        // @ts-expect-error -- no such option
        ganglion.react(note, () => {}, { limit: 5 }),
      ]),
    ).toBeFunction();
  });
});

describe("an axon", () => {
  test("has the type of its neuron in every call", () => {
    expectTypeOf(
      compiled(async (ganglion, plexus) => {
        const axon = plexus.axon(reading);
        expectTypeOf(axon).toEqualTypeOf<Axon<Reading>>();
        expectTypeOf(new Axon(note, ganglion)).toEqualTypeOf<Axon<string>>();
        axon.react((value) => void expectTypeOf(value).toEqualTypeOf<Reading>());
        axon.reactRaw((bytes) => void expectTypeOf(bytes).toEqualTypeOf<Uint8Array>());
        await axon.transmit({ tank: "A", celsius: 1 });
        // @ts-expect-error -- a field is missing
        await axon.transmit({ tank: "A" });
        // @ts-expect-error -- no value at all
        await axon.transmit();
        // @ts-expect-error -- a value is not bytes
        await axon.transmitRaw({ tank: "A", celsius: 1 });
        for await (const value of axon) expectTypeOf(value).toEqualTypeOf<Reading>();
        for await (const value of axon.values({ queue: { limit: 1 } })) {
          expectTypeOf(value).toEqualTypeOf<Reading>();
        }
      }),
    ).toBeFunction();
  });

  test("of one type is not one of another", () => {
    expectTypeOf<Axon<Reading>>().not.toEqualTypeOf<Axon<string>>();
    // @ts-expect-error -- its reactants would get the wrong values
    expectTypeOf(compiled((_, plexus): Axon<string> => plexus.axon(reading))).toBeFunction();
  });
});

describe("a plexus", () => {
  test("is a ganglion, and can be disposed of", () => {
    expectTypeOf<Plexus>().toExtend<Ganglion>();
    expectTypeOf<Ganglion>().toExtend<AsyncDisposable>();
    expectTypeOf(
      compiled(async () => {
        await using plexus = new Plexus({ ganglia: [new Plexus()], segment: "lan", lingerMs: 0 });
        return plexus.stats().topics;
      }),
    ).toBeFunction();
    // @ts-expect-error -- a neuron is no ganglion
    expectTypeOf(compiled((_, plexus) => plexus.infuse(note))).toBeFunction();
  });

  test("counts are for reading", () => {
    expectTypeOf(
      compiled((ganglion) => {
        const { dropped } = ganglion.stats();
        expectTypeOf(dropped.unclaimed).toEqualTypeOf<number | undefined>();
        // @ts-expect-error -- read only
        dropped.unclaimed = 0;
      }),
    ).toBeFunction();
  });
});
