/** Message fields: type names, addresses and the size of a struct, alike in all control messages. */
import { PeerError } from "../../errors.ts";
import type { ByteRange, CapnpStruct } from "../capnp/reader.ts";
import { type CapnpStructWriter, CapnpWriter } from "../capnp/writer.ts";
import { Span } from "../span.ts";
import { decodeTopic } from "../topic-text.ts";
import { encodeUtf8 } from "../utf8.ts";
import type { AddressSpace } from "./address-space.ts";
import { type ControlLimits, checkTypeNameLength } from "./message-rules.ts";

/** What the structs are read and written by. */
export interface MessageContext {
  readonly space: AddressSpace;
  readonly limits: Required<ControlLimits>;
}

/**
 * The type name that stands in `range` of `bytes`, its length looked at before it is decoded.
 * @throws {PeerError} if there is none, or it is too long or not UTF-8.
 */
export function readTypeName(bytes: Uint8Array, range: ByteRange | undefined): string {
  const { start, end } = range ?? { start: 0, end: 0 };
  checkTypeNameLength(end - start);
  return decodeTopic(Span.of(bytes.subarray(start, end)));
}

/** @throws {PeerError} if it is empty or too long. */
export function encodeTypeName(typeName: string): Uint8Array {
  const utf8 = encodeUtf8(typeName);
  checkTypeNameLength(utf8.length);
  return utf8;
}

/**
 * The address at pointer `index`: of the packed address its offset in the network.
 * @returns undefined if it is null or, as pyplexo may have it, empty.
 * @throws {PeerError} if it is outside the network.
 */
export function readAddress(
  struct: CapnpStruct,
  index: number,
  space: AddressSpace,
): number | undefined {
  const bytes = struct.data(index);
  return bytes === undefined || bytes.length === 0 ? undefined : space.offsetOfPeer(bytes);
}

/** As {@link readAddress}. @throws {PeerError} also if there is none. */
export function readGivenAddress(struct: CapnpStruct, index: number, space: AddressSpace): number {
  const address = readAddress(struct, index, space);
  if (address === undefined) throw new PeerError("record without an address; one must be given");
  return address;
}

/**
 * Makes pointer `index` the address; null if there is none, since pyplexo 1.0.0 fails on an empty one.
 * @throws {UsageError} if it is outside the network.
 */
export function writeAddress(
  struct: CapnpStructWriter,
  index: number,
  { address, space }: { readonly address: number | undefined; readonly space: AddressSpace },
): void {
  if (address !== undefined) struct.data(index, space.bytesAt(address));
}

/**
 * A message whose root has these data words, up to the last that is not 0 but at least as many as
 * pyplexo writes: so what says no more than pyplexo could has the same bytes.
 */
export function startMessage(
  data: readonly bigint[],
  { dataWordCountMin, pointerCount }: { dataWordCountMin: number; pointerCount: number },
): CapnpWriter {
  const lastUsed = data.findLastIndex((word) => word !== 0n);
  const dataWordCount = Math.max(dataWordCountMin, lastUsed + 1);
  const writer = new CapnpWriter({ dataWordCount, pointerCount });
  for (let index = 0; index <= lastUsed; index += 1) writer.root.uint64(index, data[index] ?? 0n);
  return writer;
}
