/**
 * Envelope: how a message stands in the one frame of a TCP pair, its topic and its payload in a
 * Cap'n Proto struct, and between peers of ours its id as well.
 *
 * The struct is pyplexo's PlexoMessage (file 0xeed5242d4faed181), unpacked:
 * `typeName @0 :Text; payload @1 :Data`, to which we append `origin @2 :UInt64;
 * sequence @3 :UInt64; hops @4 :UInt8`. Readers of the older struct pass over these.
 */
import { PeerError, UsageError } from "../errors.ts";
import { readAnyLayout } from "./envelope/any-layout.ts";
import { setUint32, wordCountOf } from "./envelope/bytes.ts";
import { type EnvelopeFields, type EnvelopeId, noFields } from "./envelope/fields.ts";
import {
  byteListSize, idAt, payloadPlace, pointersAt, pointersByteCount, readUsualLayout, rootSize, topicPlace,
} from "./envelope/usual-layout.ts";

export type { EnvelopeId };
