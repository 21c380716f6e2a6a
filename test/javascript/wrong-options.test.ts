/** Options that a program in JavaScript may misspell, or give something else for: told at the call. */
import { InprocGanglion, Namespace, Neuron, openGanglion, Plexus, stringCodec } from "plexo";
import { jsonCodec } from "plexo/json";
import { jsonSchemaCodec } from "plexo/json-schema";
import { PairGanglion } from "plexo/pair";
import { PubSubGanglion } from "plexo/pubsub";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { js, testWrongCalls } from "./wrong-call.ts";

const namespace = new Namespace("dev");
const note = new Neuron("Note", namespace, stringCodec);
const nothing = (): void => {};
const bytes = new Uint8Array();
const host = "127.0.0.1";
const connect = { host, port: 1 };

const plexus = new Plexus();
// A transmit that fails is an incident too, which is not what these tests are about.
plexus.on("incident", nothing);

describe("an option that does not exist:", () => {
  testWrongCalls([
    [
      "react(…, { concurency })",
      () => plexus.react(note, nothing, js({ concurency: 2 })),
      "react has no option concurency; did you mean concurrency? It has: signal, concurrency, queue",
    ],
    [
      "reactRaw(…, { queue: { limt } })",
      () => plexus.reactRaw(note, nothing, js({ queue: { limt: 2 } })),
      "the queue of reactRaw has no option limt; did you mean limit? It has: limit, policy",
    ],
    [
      "transmit(…, { timeoutMS })",
      () => plexus.transmit(note, "a", js({ timeoutMS: 5 })),
      "transmit has no option timeoutMS; did you mean timeoutMs? It has: signal, timeoutMs",
    ],
    [
      "transmit(instance, { timeout })",
      async () => {
        class Beer {}
        const neuron = new Neuron(Beer, namespace, jsonCodec<object>());
        await plexus.adapt(neuron);
        await plexus.transmit(new Beer(), js({ timeout: 5 }));
      },
      "transmit has no option timeout; did you mean timeoutMs? It has: signal, timeoutMs",
    ],
    [
      "transmitRaw(…, { queue })",
      () => plexus.transmitRaw(note, bytes, js({ queue: 5 })),
      "transmitRaw has no option queue; it has: signal, timeoutMs",
    ],
    [
      "ready(…, { receiver })",
      () => plexus.ready(note, js({ receiver: 2 })),
      "ready has no option receiver; did you mean receivers? It has: receivers, signal",
    ],
    [
      "adapt(…, { sgnal })",
      () => plexus.adapt(note, js({ sgnal: undefined })),
      "adapt has no option sgnal; did you mean signal? It has: signal",
    ],
    [
      "close({ linger })",
      () => plexus.close(js({ linger: 5 })),
      "close has no option linger; did you mean lingerMs? It has: lingerMs",
    ],
    [
      "axon.values({ concurrency })",
      () => plexus.axon(note).values(js({ concurrency: 2 })),
      "values has no option concurrency; it has: signal, queue",
    ],
    [
      "new Plexus({ ganglion })",
      () => new Plexus(js({ ganglion: [] })),
      /^Plexus has no option ganglion; did you mean ganglia\? It has: .*lingerMs, .*, ganglia$/,
    ],
    [
      "new InprocGanglion({ lingerMS })",
      () => new InprocGanglion(js({ lingerMS: 5 })),
      /^InprocGanglion has no option lingerMS; did you mean lingerMs\? It has: relevant, /,
    ],
    [
      "new PairGanglion({ bnd })",
      () => new PairGanglion(js({ bnd: { host, port: 0 } })),
      /^PairGanglion has no option bnd; did you mean bind\? It has: bind, connect, /,
    ],
    [
      "new PairGanglion({ bind: { hots } })",
      () => new PairGanglion(js({ bind: { hots: host, port: 0 } })),
      "the bind of PairGanglion has no option hots; did you mean host? It has: host, port, path",
    ],
    [
      "new PubSubGanglion({ peer })",
      () => new PubSubGanglion(js({ peer: [] })),
      /^PubSubGanglion has no option peer; did you mean peers\? It has: bind, peers, /,
    ],
    [
      "openGanglion(url, { bind })",
      () => openGanglion("pair://127.0.0.1:0", js({ bind: { host, port: 0 } })),
      /^openGanglion has no option bind; it has: relevant, /,
    ],
    [
      "openGanglion(url, { sendTimeout })",
      () => openGanglion("pair://127.0.0.1:0?bind", js({ sendTimeout: 5 })),
      /^openGanglion has no option sendTimeout; did you mean sendTimeoutMs\? It has: /,
    ],
    [
      "jsonCodec(undefined, { depth })",
      () => jsonCodec(undefined, js({ depth: 5 })),
      "jsonCodec without a schema has no option depth; it has: depthMax",
    ],
    [
      "jsonCodec(undefined, { validate })",
      () => jsonCodec(undefined, js({ validate: "none" })),
      "jsonCodec without a schema has no option validate; it has: depthMax",
    ],
    [
      "jsonCodec(schema, { toWired })",
      () => jsonCodec(z.string(), js({ toWired: nothing })),
      "jsonCodec has no option toWired; did you mean toWire? It has: depthMax, validate, toWire",
    ],
    [
      "jsonSchemaCodec(schema, { validat })",
      () => jsonSchemaCodec({}, js({ validat: "none" })),
      "jsonSchemaCodec has no option validat; did you mean validate? It has: depthMax, validate, ajv",
    ],
  ]);
});

describe("an option of the wrong type:", () => {
  testWrongCalls([
    [
      "react(…, { concurrency: text })",
      () => plexus.react(note, nothing, js({ concurrency: "2" })),
      'the option concurrency of react is "2"; give a number',
    ],
    [
      "react(…, { signal: controller })",
      () => plexus.react(note, nothing, js({ signal: new AbortController() })),
      "the option signal of react is an instance of AbortController; give an AbortSignal",
    ],
    [
      "react(…, { queue: number })",
      () => plexus.react(note, nothing, js({ queue: 5 })),
      "the option queue of react is 5; give an object with any of: limit, policy",
    ],
    [
      "transmit(…, { timeoutMs: text })",
      () => plexus.transmit(note, "a", js({ timeoutMs: "5" })),
      'the option timeoutMs of transmit is "5"; give a number',
    ],
    [
      "transmit(…, { timeoutMs: null })",
      () => plexus.transmit(note, "a", js({ timeoutMs: null })),
      "the option timeoutMs of transmit is null; give a number",
    ],
    [
      "ready(…, { receivers: text })",
      () => plexus.ready(note, js({ receivers: "0" })),
      'the option receivers of ready is "0"; give a number',
    ],
    [
      "new Plexus({ ganglia: ganglion })",
      () => new Plexus(js({ ganglia: new InprocGanglion() })),
      "the option ganglia of Plexus is an instance of InprocGanglion; give an array",
    ],
    [
      "new Plexus({ name: number })",
      () => new Plexus(js({ name: 5 })),
      "the option name of Plexus is 5; give a string",
    ],
    [
      "new Plexus({ relevant: pattern })",
      () => new Plexus(js({ relevant: "dev.>" })),
      'the option relevant of Plexus is "dev.>"; give an array',
    ],
    [
      "new Plexus({ codecs: [number] })",
      () => new Plexus(js({ codecs: [5] })),
      "an element of the option codecs is 5; give a codec, or the name of one",
    ],
    [
      "new Plexus({ echoGuardMs: NaN })",
      () => new Plexus({ echoGuardMs: Number.NaN }),
      "echoGuardMs is NaN; give milliseconds, from 0 on",
    ],
    [
      "new PairGanglion({ bind: text })",
      () => new PairGanglion(js({ bind: "127.0.0.1:5580" })),
      'the option bind of PairGanglion is "127.0.0.1:5580"; give an object with any of: host, port, path',
    ],
    [
      "new PubSubGanglion({ peers: [text] })",
      () => new PubSubGanglion(js({ peers: ["127.0.0.1:5570"] })),
      'the address is "127.0.0.1:5570"; give { host, port } or { path }',
    ],
    [
      "new PubSubGanglion({ peers: [null] })",
      () => new PubSubGanglion(js({ peers: [null] })),
      "the address is null; give { host, port } or { path }",
    ],
    [
      "new PubSubGanglion({ peers: [{ host, prot }] })",
      () => new PubSubGanglion(js({ peers: [{ host: "127.0.0.1", prot: 5571 }] })),
      "a peer of PubSubGanglion has no option prot; did you mean port? It has: host, port, path",
    ],
    [
      "new PubSubGanglion({ peers: [{ port: text }] })",
      () => new PubSubGanglion(js({ peers: [{ host: "127.0.0.1", port: "5571" }] })),
      'the option port of a peer of PubSubGanglion is "5571"; give a number',
    ],
    [
      "new PubSubGanglion({ subscribersMax: -1 })",
      () => new PubSubGanglion({ subscribersMax: -1 }),
      "subscribersMax is -1; give a whole number from 1 on",
    ],
    [
      "new PairGanglion({ connect: { path: number } })",
      () => new PairGanglion(js({ connect: { path: 5 } })),
      "the option path of the connect of PairGanglion is 5; give a string",
    ],
    [
      "new PairGanglion({ bind: { port } })",
      () => new PairGanglion(js({ bind: { port: 5580 } })),
      "address undefined:5580: it needs a host, and a port from 0 to 65535",
    ],
    [
      "new PairGanglion({ heartbeat: { intervalMs: text } })",
      () => new PairGanglion(js({ connect, heartbeat: { intervalMs: "5" } })),
      'the option intervalMs of the heartbeat of PairGanglion is "5"; give a number',
    ],
    [
      "new PairGanglion({ messageBytesMax: -1 })",
      () => new PairGanglion({ connect, messageBytesMax: -1 }),
      "messageBytesMax is -1; give a whole number from 1 on",
    ],
    [
      "new PairGanglion({ connectTimeoutMs: NaN })",
      () => new PairGanglion({ connect, connectTimeoutMs: Number.NaN }),
      "connectTimeoutMs is NaN; give milliseconds, from 0 on",
    ],
    [
      "close({ lingerMs: -1 })",
      () => plexus.close({ lingerMs: -1 }),
      "lingerMs is -1; give milliseconds, from 0 on",
    ],
    [
      "jsonCodec(undefined, { depthMax: text })",
      () => jsonCodec(undefined, js({ depthMax: "5" })),
      'the option depthMax of jsonCodec without a schema is "5"; give a number',
    ],
    [
      "jsonSchemaCodec(schema, { ajv: true })",
      () => jsonSchemaCodec({}, js({ ajv: true })),
      "the option ajv of jsonSchemaCodec is true; give an object",
    ],
  ]);
});

describe("options that are none:", () => {
  testWrongCalls([
    [
      "react(…, null)",
      () => plexus.react(note, nothing, js(null)),
      "what was given to react as options is null; " +
        "give an object with any of: signal, concurrency, queue",
    ],
    [
      "transmit(…, number)",
      () => plexus.transmit(note, "a", js(5)),
      "what was given to transmit as options is 5; give an object with any of: signal, timeoutMs",
    ],
    [
      "ready(…, signal)",
      () => plexus.ready(note, js(new AbortController().signal)),
      "what was given to ready as options is an instance of AbortSignal; " +
        "give an object with any of: receivers, signal",
    ],
    [
      "adapt(…, function)",
      () => plexus.adapt(note, js(nothing)),
      "what was given to adapt as options is the function nothing; " +
        "give an object with any of: signal",
    ],
    [
      "axon.values(array)",
      () => plexus.axon(note).values(js([])),
      "what was given to values as options is an array; " +
        "give an object with any of: signal, queue",
    ],
    [
      "jsonCodec(schema, a promise of options)",
      () => jsonCodec(z.string(), js(Promise.resolve({}))),
      "what was given to jsonCodec as options is a promise, which has to be awaited; " +
        "give an object with any of: depthMax, validate, toWire",
    ],
    [
      "new PairGanglion()",
      () => new PairGanglion(js(undefined)),
      "a pair needs either an address to bind or one to connect to",
    ],
  ]);
});

test("options that are undefined, or hold undefined, are as if absent", async () => {
  const open = new Plexus(js({ name: undefined, ganglia: undefined }));
  open.react(note, nothing, js({ signal: undefined, queue: undefined, concurrency: undefined }));
  open.react(note, nothing, js(undefined));
  await open.ready(note, js({ receivers: undefined }));
  await open.transmit(note, "a", js({ timeoutMs: undefined, signal: undefined }));
  await open.close();
  expect(open.stats().delivered).toBe(2);
});

test("options may be an instance of a class, with its options as getters too", async () => {
  class Patience {
    get timeoutMs(): number {
      return 5;
    }
  }
  await expect(plexus.transmit(note, "a", new Patience())).resolves.toBeUndefined();
});
