/** The messages that the peers exchange, and what ought to come back. */

/** How Foo and Bar are named and written; the programs of both sides know these. */
export type FormName = "json" | "json-alias" | "string";

export const formNames: readonly FormName[] = ["json", "json-alias", "string"];

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

/** The Bar that a responder sends for a Foo. */
export function barFor(foo: unknown, nodeId: string): unknown {
  if (typeof foo === "string") return `${nodeId} ${foo}`;
  // Made above.
  return { foo_message_id: (foo as { message_id: string }).message_id, node_id: nodeId };
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
