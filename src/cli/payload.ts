/** Payloads as people read and type them; the codec's name, the last part of a topic, says how. */
import { Buffer } from "node:buffer";
import { bytesCodec, CodecError, stringCodec, UsageError } from "plexo";
import { onOneLine } from "../one-line.ts";

/** The codec's name in a topic. */
export function codecNameOf(topic: string): string {
  return topic.slice(topic.lastIndexOf(".") + 1);
}

// Printing.

/** Codecs whose bytes mean nothing without a schema or a library, and plain bytes. */
const binaryCodecNames: ReadonlySet<string> = new Set([
  bytesCodec.name,
  "capnp",
  "pickle",
  "msgpack",
  "cbor",
  "protobuf",
  "avro",
  "structured-clone",
]);

/**
 * The members of a JSON object that show a payload: `"value":…` for JSON (the text as it came, so
 * no number changes) and text, else `"hex":"…"`, with `"error":"…"` before it where the bytes are
 * not what the codec's name says. Has no line break in it.
 */
export function printPayload(codecName: string, bytes: Uint8Array): string {
  if (codecName === "json") return valueOrError(bytes, jsonOf);
  if (codecName === stringCodec.name) return valueOrError(bytes, quotedTextOf);
  if (binaryCodecNames.has(codecName)) return hexMember(bytes);
  return printUnknown(codecName, bytes);
}

function valueOrError(bytes: Uint8Array, read: (bytes: Uint8Array) => string): string {
  try {
    return `"value":${read(bytes)}`;
  } catch (cause) {
    if (!(cause instanceof CodecError)) throw cause;
    return `"error":${quoted(cause.message)},${hexMember(bytes)}`;
  }
}

/** Of a codec that is not known nothing can be said to be wrong: its bytes show as well as they can. */
function printUnknown(codecName: string, bytes: Uint8Array): string {
  const reads = codecName.toLowerCase().includes("json")
    ? [jsonOf, printableTextOf]
    : [printableTextOf];
  for (const read of reads) {
    try {
      return `"value":${read(bytes)}`;
    } catch (cause) {
      if (!(cause instanceof CodecError)) throw cause;
    }
  }
  return hexMember(bytes);
}

/** JSON text on one line: white space with a line break in it goes, being outside of strings. */
function jsonOf(bytes: Uint8Array): string {
  const text = stringCodec.decode(bytes).replace(/^\ufeff/, "");
  checkJson(text);
  return onOneLine(text.trim().replace(/[\n\r][\t\n\r ]*/g, ""));
}

function quotedTextOf(bytes: Uint8Array): string {
  return quoted(stringCodec.decode(bytes));
}

function printableTextOf(bytes: Uint8Array): string {
  const text = stringCodec.decode(bytes);
  // Control characters but tabs and line breaks.
  if (/(?![\t\n\r])\p{Cc}/u.test(text)) throw new CodecError("payload is no printable text");
  return quoted(text);
}

function hexMember(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("hex");
  return `"hex":"${hex}"`;
}

function quoted(text: string): string {
  return onOneLine(JSON.stringify(text));
}

// Reading.

/** Makes a payload of a line; undefined for a line that is none. */
export type PayloadReader = (line: string) => Uint8Array | undefined;

const readers: ReadonlyMap<string, PayloadReader> = new Map([
  ["json", readJsonLine],
  [stringCodec.name, (line: string) => stringCodec.encode(line)],
  [bytesCodec.name, readHexLine],
]);

/**
 * How lines become payloads of `topic`: JSON lines for `json`, text lines for `string_UTF-8`, hex
 * lines for `bytes`. A reader throws {CodecError} at a line that is not such.
 * @throws {UsageError} for any other codec.
 */
export function payloadReaderOf(topic: string): PayloadReader {
  const codecName = codecNameOf(topic);
  const reader = readers.get(codecName);
  if (reader !== undefined) return reader;
  const known = [...readers.keys()].join(", ");
  throw new UsageError(
    `topic ${topic} has the codec ${codecName}, which cannot be typed in; ` +
      `a topic to send to ends in one of: ${known}`,
    { details: { topic, codecName } },
  );
}

/** The text as it stands: parsed to see that it is JSON, but no number in it is rounded. */
function readJsonLine(line: string): Uint8Array | undefined {
  if (line.trim() === "") return undefined;
  checkJson(line);
  // What `trim` takes beyond the white space of JSON has not passed the check.
  return stringCodec.encode(line.trim());
}

function readHexLine(line: string): Uint8Array {
  const digits = line.trim();
  const [unfit] = /[^0-9a-f]/i.exec(digits) ?? [];
  if (unfit !== undefined) {
    throw new CodecError(`not hex: ${JSON.stringify(unfit)} is no digit of it`);
  }
  if (digits.length % 2 === 1) {
    throw new CodecError(`not hex: ${digits.length} digits, and a byte has two`);
  }
  return new Uint8Array(Buffer.from(digits, "hex"));
}

function checkJson(text: string): void {
  try {
    JSON.parse(text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CodecError(`not JSON: ${why}`, { cause });
  }
}
