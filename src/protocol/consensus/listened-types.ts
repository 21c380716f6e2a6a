/**
 * Listened types: which types a node listens to, as it tells the others in its heartbeats. A
 * heartbeat has room for some names only; the next goes on where it stopped, round and round.
 */
import { encodeUtf8 } from "../utf8.ts";
import { Digest, halvesOf } from "./digest.ts";
import { BitSet, type TypeIndex } from "./type-index.ts";

/** When all names have been told, one heartbeat in so many names some again. */
const silentHeartbeats = 8;

/** What a heartbeat says of them. */
export interface Listening {
  readonly listeningDigest: bigint;
  readonly listeningCount: number;
  readonly listening: readonly string[];
}

/** The types this node listens to. */
export class OwnListenedTypes {
  readonly #names: string[] = [];
  readonly #indexes = new Map<string, number>();
  readonly #digest = new Digest();
  readonly #namesMax: number;
  #next = 0;
  #untold = 0;
  /** Heartbeats since names were told last. */
  #silentCount = 0;

  /** @param namesMax How many names stand in one heartbeat. */
  constructor(namesMax: number) {
    this.#namesMax = namesMax;
  }

  has(typeName: string): boolean {
    return this.#indexes.has(typeName);
  }

  add(typeName: string): void {
    if (this.has(typeName)) return;
    this.#indexes.set(typeName, this.#names.length);
    // Told next, whatever the round has got to.
    if (this.#untold === 0) this.#next = this.#names.length;
    this.#names.push(typeName);
    this.#untold += 1;
    this.#digest.toggle(halvesOf(encodeUtf8(typeName)));
  }

  remove(typeName: string): void {
    const index = this.#indexes.get(typeName);
    if (index === undefined) return;
    const last = this.#names.pop() ?? typeName;
    this.#indexes.delete(typeName);
    if (last !== typeName) {
      this.#names[index] = last;
      this.#indexes.set(last, index);
    }
    this.#digest.toggle(halvesOf(encodeUtf8(typeName)));
  }

  /** All names are to be told anew: somebody does not know them. */
  tellAll(): void {
    this.#untold = this.#names.length;
  }

  /** Whether names wait to be told that do not fit into the heartbeats said so far. */
  get hasUntold(): boolean {
    return this.#untold > 0;
  }

  /** What the next heartbeat says: names while some are to be told, and now and then, for who has missed them. */
  tell(): Listening {
    const count = this.#names.length;
    const listening: string[] = [];
    this.#silentCount += 1;
    const isSilent = !this.hasUntold && this.#silentCount < silentHeartbeats;
    if (isSilent) return { listeningDigest: this.#digest.value, listeningCount: count, listening };
    this.#silentCount = 0;
    for (; listening.length < Math.min(count, this.#namesMax); this.#next += 1) {
      if (this.#next >= count) this.#next = 0;
      listening.push(this.#names[this.#next] ?? "");
    }
    this.#untold = Math.max(0, this.#untold - listening.length);
    return { listeningDigest: this.#digest.value, listeningCount: count, listening };
  }
}

/** The types another node listens to, as far as it has told. */
export class HeardListenedTypes {
  readonly #index: TypeIndex;
  #types = new BitSet();
  #heard = new BitSet();
  #digest = 0n;
  #isComplete = true;

  /** @param index The numbers of type names, one for all nodes. */
  constructor(index: TypeIndex) {
    this.#index = index;
  }

  /** Includes, while the node is telling what has changed, what it listened to before. */
  has(typeName: string): boolean {
    const index = this.#index.get(typeName);
    return index !== undefined && this.#types.has(index);
  }

  /** By its number. */
  hasIndex(index: number): boolean {
    return this.#types.has(index);
  }

  /** A name without a number is not heard: the node is then never known to have told all. */
  take({ listeningDigest, listeningCount, listening }: Listening): void {
    if (listeningDigest === this.#digest && this.#isComplete) return;
    if (listeningDigest !== this.#digest) {
      this.#digest = listeningDigest;
      this.#heard = new BitSet();
      this.#isComplete = false;
    }
    for (const name of listening) {
      const index = this.#index.add(name);
      if (index === undefined) continue;
      this.#heard.add(index);
      this.#types.add(index);
    }
    if (this.#heard.size < listeningCount) return;
    this.#types = this.#heard;
    this.#heard = new BitSet();
    this.#isComplete = true;
  }
}
