import {
  type PlexoIdentity,
  parseMetadata,
  plexoIdentity,
  propertyText,
  socketTypeProperty,
} from "../../../src/protocol/zmtp/metadata.ts";
import { messageTarget } from "../message-target.ts";
import type { FuzzTarget } from "../target.ts";
import { properties } from "./zmtp-tokens.ts";

interface Parsed {
  readonly metadata: ReadonlyMap<string, Uint8Array>;
  readonly socketType: string | undefined;
  readonly plexo: PlexoIdentity | undefined;
}

export const metadata: FuzzTarget = messageTarget<Parsed>({
  dictionary: properties,
  hasOneForm: true,
  decode(bytes) {
    const parsed = parseMetadata(bytes);
    return {
      metadata: parsed,
      socketType: propertyText(parsed, socketTypeProperty),
      plexo: plexoIdentity(parsed),
    };
  },
  encode: ({ metadata: parsed }) => Uint8Array.from([...parsed].flatMap(encodeProperty)),
});

/** Ours writes only properties that it has itself. */
function encodeProperty([name, value]: readonly [string, Uint8Array]): number[] {
  const size = Buffer.alloc(4);
  size.writeUInt32BE(value.length);
  return [name.length, ...Buffer.from(name, "latin1"), ...size, ...value];
}
