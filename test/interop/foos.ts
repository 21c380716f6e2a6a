/** The messages that the peers exchange, and what ought to come back. */

/** How Foo and Bar are named and written; the programs of all peers know these. */
export type FormName = "json" | "json-alias" | "string";

/** The topic of the type with this name, of those that no program reacts to. */
export function strangerTopic(name: string): string {
  return `dev.plexo.test.${name}.string_UTF-8`;
}

/** The topic of Foo. */
export function fooTopic(form: FormName): string {
  const names = { json: "foo.json", "json-alias": "Foo.json", string: "Foo.string_UTF-8" };
  return `dev.plexo.test.${names[form]}`;
}

/** `count` different messages: the values that are most easily damaged on their way, in turns. */
export function foosOf(form: FormName, count: number): readonly unknown[] {
  return Array.from({ length: count }, (_, index) => {
    const text = texts[index % texts.length] ?? "";
    if (form === "string") return index < texts.length ? text : `${index} ${text}`;
    return {
      message: text,
      message_id: `6f1c0b7e-3a52-4d0c-9b1e-${index.toString(16).padStart(12, "0")}`,
      message_num: index < numbers.length ? numbers[index] : index,
      node_id: "8d4f2a90-5e1b-4c3d-a7f6-0123456789ab",
    };
  });
}

/**
 * A Foo like no other. It is sent to learn whether messages get through yet, again and again, so
 * nobody knows how often it arrives.
 */
export function probeOf(form: FormName, number: number): unknown {
  const id = `probe ${number}`;
  return form === "string" ? id : { message: "", message_id: id, message_num: 0, node_id: "" };
}

/** Whether this is a probe, or the Bar for one. */
export function isOfProbe(value: unknown): boolean {
  return /\bprobe \d+"/.test(JSON.stringify(value));
}

/** The Bar that a responder sends for a Foo. */
export function barFor(foo: unknown, nodeId: string): unknown {
  if (typeof foo === "string") return `${nodeId} ${foo}`;
  // Made above.
  return { foo_message_id: (foo as { message_id: string }).message_id, node_id: nodeId };
}

/** Who has sent a Bar; its id has no blank in it. */
export function nodeIdOf(bar: unknown): string | undefined {
  if (typeof bar === "string") return bar.split(" ")[0];
  // What `barFor` makes.
  return (bar as { node_id: string }).node_id;
}

/** Payloads that are no Foo for either side. */
export function unreadablePayloads(form: FormName): readonly Uint8Array[] {
  if (form === "string") return notUtf8;
  return [...notUtf8, ...notFoo.map((text) => new TextEncoder().encode(text))];
}

/** JSON that the original writes and reads, and ours refuses: not JSON at all, or not to be held. */
export const foosOfTheOriginalOnly: readonly Uint8Array[] = ["NaN", "-Infinity", "9007199254740993"]
  .map((number) => `{"message":"","message_id":"","message_num":${number},"node_id":""}`)
  .map((text) => new TextEncoder().encode(text));

const texts = [
  "plain text",
  "",
  "Größe, naïve, Ἑλλάς, кириллица, 日本語, עברית",
  "astral: 🍺 𝔘 👩🏽‍🚀",
  'quotes " and \\ and / and </script>',
  "white space: \t \n \r\n \u00a0\u2028\u2029",
  "control: \u0000 \u0001 \u001f \u007f",
  "\ufeffa byte order mark first",
  "e\u0301 is not é",
  "long ".repeat(20_000),
];

const numbers = [
  0,
  -1,
  Number.MAX_SAFE_INTEGER,
  Number.MIN_SAFE_INTEGER,
  2 ** 31,
  -(2 ** 31) - 1,
  0.1,
  -273.15,
  1e-7,
  1e21,
  Number.MAX_VALUE,
  Number.MIN_VALUE,
];

const notUtf8 = [[0xff], [0xc3, 0x28], [0xed, 0xa0, 0x80], [0xf0, 0x9f, 0x8d]].map((octets) =>
  Uint8Array.from(octets),
);

const notFoo = [
  "",
  "not JSON",
  '{"message":"cut off',
  "{}",
  "[]",
  "null",
  '{"message":"","message_id":"","message_num":"a text","node_id":""}',
  '{"message":"","message_id":"","message_num":1}',
];
