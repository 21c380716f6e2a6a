/**
 * Record table: of each type the greatest record this node has heard of.
 *
 * Merging is a join: the same records make the same table in any order, lost or repeated.
 */
import { encodeUtf8 } from "../utf8.ts";
import type { AddressSpace } from "./address-space.ts";
import { Digest, type Halves, halvesOf } from "./digest.ts";
import { fnv1a, mix } from "./hash.ts";
import { probeIndexOf } from "./probe.ts";
import { type AddressRecord, epochMax, isSameRecord } from "./record.ts";

/** Types are compared between nodes in so many parts. */
export const bucketCount = 256;

/**
 * 65,504 types lie 256 in a bucket, a few more or less; names made to meet in one bucket must not
 * make a message of a bucket's records grow without bound.
 */
const bucketTypesMax = 2048;

interface Entry {
  readonly record: AddressRecord;
  readonly probeIndex: number;
  readonly name: Uint8Array;
  readonly hash: Halves;
  readonly bucket: Bucket;
}

/** The types that have one address. */
interface Place {
  readonly entries: Set<Entry>;
  /** The one with the best claim; it stays. */
  holder: Entry;
}

interface Bucket {
  readonly digest: Digest;
  readonly entries: Map<string, Entry>;
}

/** - `adopted`: it is new, or greater than what was known. - `refused`: it breaks a rule or a bound. */
export type MergeResult = "adopted" | "known" | "lesser" | "refused";

export class RecordTable {
  readonly #space: AddressSpace;
  readonly #entries = new Map<string, Entry>();
  readonly #places = new Map<number, Place>();
  readonly #digest = new Digest();
  readonly #buckets: readonly Bucket[] = Array.from({ length: bucketCount }, () => ({
    digest: new Digest(),
    entries: new Map<string, Entry>(),
  }));

  constructor(space: AddressSpace) {
    this.#space = space;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Over all records. */
  get digest(): bigint {
    return this.#digest.value;
  }

  get(typeName: string): AddressRecord | undefined {
    return this.#entries.get(typeName)?.record;
  }

  *records(): Generator<AddressRecord> {
    for (const { record } of this.#entries.values()) yield record;
  }

  *recordsIn(bucket: number): Generator<AddressRecord> {
    for (const { record } of this.#bucket(bucket).entries.values()) yield record;
  }

  countIn(bucket: number): number {
    return this.#bucket(bucket).entries.size;
  }

  digestOf(bucket: number): bigint {
    return this.#bucket(bucket).digest.value;
  }

  /** Takes a record, from wherever, unless the one it has is as great. */
  merge(record: AddressRecord): MergeResult {
    const known = this.#entries.get(record.typeName);
    if (known !== undefined && isSameRecord(known.record, record)) return "known";
    if (!this.#space.canLease(record.address) || record.epoch > epochMax) return "refused";
    const name = known?.name ?? encodeUtf8(record.typeName);
    const entry: Entry = {
      record,
      name,
      probeIndex: probeIndexOf(record.typeName, record.address, this.#space.size),
      hash: halvesOf(hashedBytes(name, record)),
      bucket: known?.bucket ?? this.#bucket(bucketOf(record.typeName)),
    };
    if (known === undefined) {
      if (this.size >= this.#space.capacity) return "refused";
      if (entry.bucket.entries.size >= bucketTypesMax) return "refused";
    } else {
      if (compareEntries(entry, known) < 0) return "lesser";
      this.#remove(known);
    }
    this.#add(entry);
    return "adopted";
  }

  /** Whether `record` would change nothing, since what is known is as great or greater. */
  covers(record: AddressRecord): boolean {
    const known = this.#entries.get(record.typeName);
    if (known === undefined) return false;
    if (isSameRecord(known.record, record)) return true;
    const probeIndex = probeIndexOf(record.typeName, record.address, this.#space.size);
    return compareEntries(known, { record, probeIndex }) >= 0;
  }

  isFree(address: number): boolean {
    return this.#space.canLease(address) && !this.#places.has(address);
  }

  /**
   * Whether another type has the better claim to the address of `typeName`: of two the one with the
   * lower probe index, of equals the one whose name's bytes come first. A legacy holder, which cannot
   * move, always has the better claim.
   */
  isDisplaced(typeName: string): boolean {
    const own = this.#entries.get(typeName);
    if (own === undefined || own.record.legacy) return false;
    return this.#places.get(own.record.address)?.holder !== own;
  }

  /** The type with the best claim to an address: of those that have it all others are displaced. */
  holderAt(address: number): string | undefined {
    return this.#places.get(address)?.holder.record.typeName;
  }

  #bucket(index: number): Bucket {
    const bucket = this.#buckets[index];
    if (bucket === undefined) throw new RangeError(`bucket ${index} of ${bucketCount}`);
    return bucket;
  }

  #add(entry: Entry): void {
    const { typeName, address } = entry.record;
    this.#entries.set(typeName, entry);
    entry.bucket.entries.set(typeName, entry);
    this.#toggle(entry);
    const place = this.#places.get(address);
    if (place === undefined) {
      this.#places.set(address, { entries: new Set([entry]), holder: entry });
      return;
    }
    place.entries.add(entry);
    if (hasBetterClaim(entry, place.holder)) place.holder = entry;
  }

  #remove(entry: Entry): void {
    const { address } = entry.record;
    this.#toggle(entry);
    const place = this.#places.get(address);
    place?.entries.delete(entry);
    if (place === undefined || place.holder !== entry) return;
    const [first, ...others] = place.entries;
    if (first === undefined) this.#places.delete(address);
    else
      place.holder = others.reduce((best, one) => (hasBetterClaim(one, best) ? one : best), first);
  }

  #toggle({ hash, bucket }: Entry): void {
    this.#digest.toggle(hash);
    bucket.digest.toggle(hash);
  }
}

/** The bucket of a type: the highest 8 bits of its name's hash. */
export function bucketOf(typeName: string): number {
  return mix(fnv1a(encodeUtf8(typeName))) >>> 24;
}

/** The order in which the greater record wins: by legacy holder, epoch, lower probe, lower address. */
function compareEntries(
  left: Pick<Entry, "record" | "probeIndex">,
  right: Pick<Entry, "record" | "probeIndex">,
): number {
  if (left.record.legacy !== right.record.legacy) return left.record.legacy ? 1 : -1;
  if (left.record.epoch !== right.record.epoch) {
    return left.record.epoch > right.record.epoch ? 1 : -1;
  }
  if (left.probeIndex !== right.probeIndex) return left.probeIndex < right.probeIndex ? 1 : -1;
  return right.record.address - left.record.address;
}

function hasBetterClaim(left: Entry, right: Entry): boolean {
  if (left.record.legacy !== right.record.legacy) return left.record.legacy;
  if (left.probeIndex !== right.probeIndex) return left.probeIndex < right.probeIndex;
  for (let index = 0; index < left.name.length; index += 1) {
    const difference = (left.name[index] ?? 0) - (right.name[index] ?? -1);
    if (difference !== 0) return difference < 0;
  }
  return true;
}

/** What the digest of a record is over: the name in UTF-8, a 0, epoch (8 bytes), address (4), legacy (1). */
function hashedBytes(name: Uint8Array, record: AddressRecord): Uint8Array {
  const bytes = new Uint8Array(name.length + 14);
  bytes.set(name);
  const view = new DataView(bytes.buffer, name.length + 1);
  view.setBigUint64(0, record.epoch);
  view.setUint32(8, record.address);
  view.setUint8(12, record.legacy ? 1 : 0);
  return bytes;
}
