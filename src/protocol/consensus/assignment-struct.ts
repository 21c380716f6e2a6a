/** The struct of an assignment, and that of a record. Both are ours, and written in full. */
import type { CapnpStruct } from "../capnp/reader.ts";
import type { CapnpWriter } from "../capnp/writer.ts";
import type { Assignment } from "./message.ts";
import {
  encodeTypeName,
  type MessageContext,
  readGivenAddress,
  readTypeName,
  startMessage,
  writeAddress,
} from "./message-fields.ts";
import { checkCount, checkDigestCount } from "./message-rules.ts";
import type { AddressRecord } from "./record.ts";

const pointers = { records: 0, bucketDigests: 1 } as const;
const recordPointers = { typeName: 0, multicastIp: 1 } as const;
const recordSize = { dataWordCount: 2, pointerCount: 2 } as const;
const legacyBit = 1n;

export function readAssignment(
  root: CapnpStruct,
  bytes: Uint8Array,
  context: MessageContext,
): Assignment {
  return {
    kind: "assignment",
    instanceId: root.uint64(0),
    digest: root.uint64(1),
    firstBucket: Number(root.uint64(2)),
    bucketCount: Number(root.uint64(3)),
    records: readRecords(root, bytes, context),
    bucketDigests: readBucketDigests(root),
  };
}

export function writeAssignment(assignment: Assignment, { space }: MessageContext): CapnpWriter {
  const { instanceId, digest, firstBucket, bucketCount, records, bucketDigests } = assignment;
  const data = [instanceId, digest, BigInt(firstBucket), BigInt(bucketCount)];
  const writer = startMessage(data, { dataWordCountMin: data.length, pointerCount: 2 });
  if (records.length > 0) {
    const structs = writer.root.structs(pointers.records, records.length, recordSize);
    for (const [index, struct] of structs.entries()) {
      // "as": there is a struct for each record.
      const { typeName, epoch, address, legacy } = records[index] as AddressRecord;
      struct.uint64(0, epoch);
      struct.uint64(1, legacy ? legacyBit : 0n);
      struct.text(recordPointers.typeName, encodeTypeName(typeName));
      writeAddress(struct, recordPointers.multicastIp, { address, space });
    }
  }
  if (bucketDigests.length > 0) writer.root.uint64s(pointers.bucketDigests, bucketDigests);
  return writer;
}

function readRecords(
  root: CapnpStruct,
  bytes: Uint8Array,
  { space, limits }: MessageContext,
): readonly AddressRecord[] {
  const list = root.list(pointers.records);
  if (list === undefined) return [];
  checkCount("records", list.count, limits.recordsMax);
  return Array.from({ length: list.count }, (_, index) => {
    const struct = list.struct(index);
    return {
      typeName: readTypeName(bytes, struct.text(recordPointers.typeName)),
      epoch: struct.uint64(0),
      address: readGivenAddress(struct, recordPointers.multicastIp, space),
      legacy: (struct.uint64(1) & legacyBit) !== 0n,
    };
  });
}

function readBucketDigests(root: CapnpStruct): readonly bigint[] {
  const list = root.list(pointers.bucketDigests);
  if (list === undefined) return [];
  checkDigestCount(list.count);
  return Array.from({ length: list.count }, (_, index) => list.uint64(index));
}
