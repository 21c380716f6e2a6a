/**
 * Metadata: what the two ends tell each other of themselves in READY, as properties.
 *
 * Source: RFC 37 (ZMTP 3.1), "The NULL Security Mechanism" (the encoding) and "Connection Metadata".
 */
import { PeerError, UsageError } from "../../errors.ts";
import { asciiBytes, asciiText } from "./ascii.ts";

/** A peer's properties, by name in lower case: the case of names has no meaning. */
export type Metadata = ReadonlyMap<string, Uint8Array>;

/** How peers of ours know each other: the property `X-Plexo: <version>/<instance id>`. */
export interface PlexoIdentity {
  /** Of the protocol between peers of ours. Visible ASCII without `/` and `?`. */
  readonly version: string;
  /** Made afresh at every start. Visible ASCII without `/` and `?`. */
  readonly instanceId: string;
}

export const socketTypeProperty = "Socket-Type";
const plexoProperty = "X-Plexo";

const valueSizeBytes = 4;
/** Those of a peer are kept as long as its connection, and in pieces they take thirty times the memory. */
const propertiesMax = 64;

/** The properties of this end as READY carries them. */
export function encodeMetadata(socketType: string, plexo: PlexoIdentity | undefined): Uint8Array {
  const properties = [encodeProperty(socketTypeProperty, asciiBytes(socketType))];
  if (plexo !== undefined) {
    properties.push(
      encodeProperty(plexoProperty, asciiBytes(`${plexo.version}/${plexo.instanceId}`)),
    );
  }
  return join(properties);
}

/** @throws {PeerError} on a property too many, or one that is cut off, has no proper name, or comes twice. */
export function parseMetadata(bytes: Uint8Array): Metadata {
  const properties = new Map<string, Uint8Array>();
  let at = 0;
  while (at < bytes.length) {
    const nameEnd = at + 1 + (bytes[at] ?? 0);
    const valueAt = nameEnd + valueSizeBytes;
    if (valueAt > bytes.length) throw cutOff("name", at, bytes);
    const name = asciiText(bytes.subarray(at + 1, nameEnd));
    if (!/^[A-Za-z0-9._+-]+$/.test(name)) {
      throw new PeerError(
        `property name "${name}" is empty or has a character that is not allowed`,
        {
          details: { name, at },
        },
      );
    }
    if (properties.size === propertiesMax) {
      throw new PeerError(`over ${propertiesMax} properties; no more are taken`, {
        details: { propertiesMax },
      });
    }
    if (properties.has(name.toLowerCase())) {
      throw new PeerError(`property ${name} is given twice`, { details: { name, at } });
    }
    const valueEnd = valueAt + readSize(bytes, nameEnd);
    if (valueEnd > bytes.length) throw cutOff(`value of ${name}`, at, bytes);
    properties.set(name.toLowerCase(), bytes.slice(valueAt, valueEnd));
    at = valueEnd;
  }
  return properties;
}

/** The text of a property, undefined if the peer did not give it. */
export function propertyText(metadata: Metadata, name: string): string | undefined {
  const value = metadata.get(name.toLowerCase());
  return value === undefined ? undefined : asciiText(value);
}

/** @throws {UsageError} if a part would not be read back as it is. */
export function checkPlexoIdentity({ version, instanceId }: PlexoIdentity): void {
  if (/^[!-.0->@-~]+\/[!-.0->@-~]+$/.test(`${version}/${instanceId}`)) return;
  throw new UsageError(
    `version "${version}" and instance id "${instanceId}" have to be of visible ASCII without / and ?`,
    { details: { version, instanceId } },
  );
}

/** Undefined for a peer that is not ours, or writes the property in a way we do not know. */
export function plexoIdentity(metadata: Metadata): PlexoIdentity | undefined {
  const match = /^([^/? ]+)\/([^/? ]+)$/.exec(propertyText(metadata, plexoProperty) ?? "");
  const [, version, instanceId] = match ?? [];
  if (version === undefined || instanceId === undefined) return undefined;
  return { version, instanceId };
}

function encodeProperty(name: string, value: Uint8Array): Uint8Array {
  const size = value.length;
  const sizeBytes = Uint8Array.of(size >>> 24, size >>> 16, size >>> 8, size);
  return join([Uint8Array.of(name.length), asciiBytes(name), sizeBytes, value]);
}

function readSize(bytes: Uint8Array, at: number): number {
  const high = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
  const low = ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
  return high * 0x1_0000 + low;
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

function cutOff(what: string, at: number, bytes: Uint8Array): PeerError {
  return new PeerError(`metadata of ${bytes.length} bytes ends within the ${what} at ${at}`, {
    details: { byteCount: bytes.length, at },
  });
}
