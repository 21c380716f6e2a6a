/** The golden envelopes, and hex. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

/** What a message says; null is a null pointer. */
interface Fields {
  readonly typeName: string | null;
  readonly payload: Uint8Array | null;
}

export interface LaidOutVector {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly fields: Fields;
}

export interface PlexoMessageVector {
  readonly name: string;
  /** The first bytes, or all of a short one. */
  readonly head: Uint8Array;
  readonly byteCount: number;
  /** Of all bytes. */
  readonly sha256: string;
  readonly fields: Fields;
}

/** What pyplexo wrote. */
export function plexoMessageVectors(): PlexoMessageVector[] {
  return entriesOf("plexo-message.json").map((entry) => {
    const head = bytesOf(entry.hex ?? entry.hex_first_96_bytes ?? "");
    return {
      name: entry.name,
      head,
      byteCount: entry.length ?? head.length,
      sha256: entry.sha256 ?? sha256Of(head),
      fields: fieldsOf(entry),
    };
  });
}

/** Valid Cap'n Proto in unusual layouts. */
export function tolerantVectors(): LaidOutVector[] {
  return entriesOf("capnp-tolerant.json").map((entry) => ({
    name: entry.name,
    bytes: bytesOf(entry.hex ?? ""),
    fields: fieldsOf(entry),
  }));
}

/** Bytes that must be refused. */
export function malformedVectors(): { readonly name: string; readonly bytes: Uint8Array }[] {
  return entriesOf("capnp-malformed.json").map(({ name, hex }) => ({
    name,
    bytes: bytesOf(hex ?? ""),
  }));
}

export function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, "hex"));
}

export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

export function sha256Of(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

interface Entry {
  readonly name: string;
  readonly hex?: string;
  readonly hex_first_96_bytes?: string;
  readonly length?: number;
  readonly sha256?: string;
  readonly expected: {
    readonly typeName: string | null;
    readonly payload?: { readonly length: number };
    readonly payload_hex?: string | null;
  };
}

function entriesOf(file: string): Entry[] {
  const text = readFileSync(new URL(`../golden/${file}`, import.meta.url), "utf8");
  // "as": the files are ours, and what they lack fails the tests that read it.
  return (JSON.parse(text) as { readonly entries: Entry[] }).entries;
}

function fieldsOf({ expected }: Entry): Fields {
  const { typeName, payload, payload_hex: hex } = expected;
  if (payload !== undefined) return { typeName, payload: payloadByRule(payload.length) };
  return { typeName, payload: typeof hex === "string" ? bytesOf(hex) : null };
}

function payloadByRule(byteCount: number): Uint8Array {
  return Uint8Array.from({ length: byteCount }, (_, index) => (7 * index + 3) % 256);
}
