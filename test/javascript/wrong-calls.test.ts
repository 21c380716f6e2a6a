/** What a program in JavaScript may call wrongly, where no compiler says so: told at the call. */
import { Axon, Namespace, Neuron, openGanglion, Plexus, stringCodec } from "plexo";
import { jsonCodec } from "plexo/json";
import { jsonSchemaCodec } from "plexo/json-schema";
import { describe } from "vitest";
import { js, testWrongCalls } from "./wrong-call.ts";

const namespace = new Namespace("dev");
const note = new Neuron("Note", namespace, stringCodec);
const nothing = (): void => {};
const bytes = new Uint8Array();

const plexus = new Plexus();
// A transmit that fails is an incident too, which is not what these tests are about.
plexus.on("incident", nothing);

describe("a reactant that is none:", () => {
  testWrongCalls([
    [
      "react(neuron)",
      () => plexus.react(note, js(undefined)),
      "the reactant given to react is undefined; give a function",
    ],
    [
      "reactRaw(empty text)",
      () => plexus.reactRaw("", () => {}),
      "the target given to reactRaw is empty; give a topic, or a pattern: > is all",
    ],
    [
      "reactRaw(topic, value)",
      () => plexus.reactRaw("a.B.json", js(5)),
      "the reactant given to reactRaw is 5; give a function",
    ],
    [
      "axon.react(value)",
      () => plexus.axon(note).react(js("text")),
      'the reactant given to react is "text"; give a function',
    ],
    [
      "on(event)",
      () => plexus.on("incident", js(undefined)),
      'the listener given to on("incident") is undefined; give a function',
    ],
    [
      "on(a misspelt event, listener)",
      () => plexus.on(js("incidnt"), nothing),
      'the event given to on is "incidnt"; give "incident"',
    ],
  ]);
});

describe("a neuron or topic that is none:", () => {
  const neuronOrTopic = "give a Neuron, or a topic as text";
  const aNeuron = "give a Neuron (only reactRaw and transmitRaw take a topic as text)";
  testWrongCalls([
    [
      "react(topic)",
      () => plexus.react(js("a.B.json"), nothing),
      `the neuron given to react is "a.B.json"; ${aNeuron}`,
    ],
    [
      "react()",
      () => plexus.react(js(undefined), nothing),
      `the neuron given to react is undefined; ${aNeuron}`,
    ],
    [
      "reactRaw(number)",
      () => plexus.reactRaw(js(5), nothing),
      `the target given to reactRaw is 5; ${neuronOrTopic}`,
    ],
    [
      "reactRaw(what has a name)",
      () => plexus.reactRaw(js({ name: "a.B.json" }), nothing),
      `the target given to reactRaw is an object; ${neuronOrTopic}`,
    ],
    [
      "transmit(topic, value)",
      () => plexus.transmit(js("a.B.json"), 1),
      'the neuron given to transmit is "a.B.json"; ' +
        "give a Neuron and a value, or an instance of a class",
    ],
    [
      "transmitRaw(null, bytes)",
      () => plexus.transmitRaw(js(null), bytes),
      `the target given to transmitRaw is null; ${neuronOrTopic}`,
    ],
    [
      "ready(number)",
      () => plexus.ready(js(5)),
      `the target given to ready is 5; ${neuronOrTopic}`,
    ],
    [
      "adapt(array)",
      () => plexus.adapt(js([note])),
      `the target given to adapt is an array; ${neuronOrTopic}`,
    ],
    [
      "capable(class)",
      () => plexus.capable(js(Plexus)),
      `the target given to capable is the function Plexus; ${neuronOrTopic}`,
    ],
    [
      "axon(topic)",
      () => plexus.axon(js("a.B.json")),
      `the neuron given to Axon is "a.B.json"; ${aNeuron}`,
    ],
    [
      "relevant: [number]",
      () => new Plexus({ relevant: [js(5)] }),
      `an element of the option relevant is 5; ${neuronOrTopic}`,
    ],
    [
      "ready(pattern)",
      () => plexus.ready("a.>"),
      'part ">" of topic "a.>" has ">" in it; ' +
        "no part of a topic has a dot, white space, a control or invisible character, * or >",
    ],
  ]);
});

describe("a schema that is none:", () => {
  testWrongCalls([
    [
      "jsonSchemaCodec(text)",
      () => jsonSchemaCodec(js("{}")),
      'the schema given to jsonSchemaCodec is "{}"; give an object',
    ],
    [
      "jsonCodec(options)",
      () => jsonCodec(js({ depthMax: 5 })),
      "the schema given to jsonCodec is no Standard Schema, as zod, valibot and arktype make them; " +
        "for JSON Schema there is jsonSchemaCodec in plexo/json-schema",
    ],
  ]);
});

describe("a part of a plexus that is none:", () => {
  const aGanglion = "give a ganglion, as openGanglion and PairGanglion make them";
  testWrongCalls([
    [
      "infuse(number)",
      () => plexus.infuse(js(5)),
      `the ganglion given to infuse is 5; ${aGanglion}`,
    ],
    [
      "new Plexus({ ganglia: [a promise] })",
      () => new Plexus({ ganglia: [js(Promise.resolve())] }),
      `the ganglion given to infuse is a promise, which has to be awaited; ${aGanglion}`,
    ],
    [
      "new Axon(neuron)",
      () => new Axon(note, js(undefined)),
      `the ganglion given to Axon is undefined; ${aGanglion}`,
    ],
  ]);
});

describe("a URL that is none:", () => {
  testWrongCalls([
    [
      "openGanglion()",
      () => openGanglion(js(undefined)),
      "the URL given to openGanglion is undefined; give a string",
    ],
    [
      "openGanglion(an object)",
      () => openGanglion(js(new URL("pair://h:1"))),
      "the URL given to openGanglion is an instance of URL; give a string",
    ],
  ]);
});

describe("a payload that is none:", () => {
  testWrongCalls([
    [
      "transmitRaw(neuron, text)",
      () => plexus.transmitRaw(note, js("text")),
      'the payload given to transmitRaw is "text"; give a Uint8Array',
    ],
    [
      "transmitRaw(neuron)",
      () => plexus.transmitRaw(note, js(undefined)),
      "the payload given to transmitRaw is undefined; give a Uint8Array",
    ],
    [
      "transmitRaw(neuron, array buffer)",
      () => plexus.transmitRaw(note, js(new ArrayBuffer(1))),
      "the payload given to transmitRaw is an instance of ArrayBuffer; give a Uint8Array",
    ],
  ]);
});

describe("a neuron of what it cannot be made from:", () => {
  const aCodec = "give an object with a name, and the functions encode and decode";
  const aNamespace = 'give a Namespace, as new Namespace("dev.brewery")';
  testWrongCalls([
    [
      "no codec",
      () => new Neuron("Note", namespace, js(undefined)),
      `the codec given to Neuron is undefined; ${aCodec}`,
    ],
    [
      "an object",
      () => new Neuron("Note", namespace, js({})),
      `the codec given to Neuron is an object; ${aCodec}`,
    ],
    [
      "a codec without functions",
      () => new Neuron("Note", namespace, js({ name: "json" })),
      `the codec given to Neuron is an object; ${aCodec}`,
    ],
    [
      "what makes a codec",
      () => new Neuron("Note", namespace, js(jsonCodec)),
      `the codec given to Neuron is the function jsonCodec; ${aCodec}`,
    ],
    [
      "a namespace as text",
      () => new Neuron("Note", js("dev"), stringCodec),
      `the namespace given to Neuron is "dev"; ${aNamespace}`,
    ],
    [
      "no namespace",
      () => new Neuron("Note", js(stringCodec), js(undefined)),
      `the namespace given to Neuron is an object; ${aNamespace}`,
    ],
    [
      "a number as type",
      () => new Neuron(js(5), namespace, stringCodec),
      "the type given to Neuron is 5; give its name, or a class",
    ],
    [
      "an instance as type",
      () => new Neuron(js({}), namespace, stringCodec),
      "the type given to Neuron is an object; give its name, or a class",
    ],
    [
      "a typeName that is no text",
      () =>
        new Neuron(
          js(
            class {
              static typeName = 5;
            },
          ),
          namespace,
          stringCodec,
        ),
      "a type name is 5; give a string",
    ],
    ["a namespace of a number", () => new Namespace(js(5)), "a namespace part is 5; give a string"],
    [
      "a namespace of an array",
      () => new Namespace(js(["a"])),
      "a namespace part is an array; give a string",
    ],
    [
      "a namespace of nothing",
      () => new Namespace(...(js([]) as [string])),
      "a Namespace has no part; give one at least",
    ],
    [
      "a namespace inside of another, of a number",
      () => namespace.extend(js(5)),
      "a namespace part is 5; give a string",
    ],
  ]);
});
