/** SubscriptionIndex: which subscribers of a publisher want a topic. */
import { PeerError } from "../../errors.ts";
import { checkAbove0 } from "../check-above-0.ts";
import { type PrefixNode, PrefixTree } from "./prefix-tree.ts";

/**
 * What one subscriber may take of a publisher's memory. All of them together may take as much as
 * sixteen, and no less than sixteen by default.
 */
export interface SubscriptionLimits {
  /** Prefixes of one subscriber. Default: 65,536. */
  readonly subscriptionsMax?: number | undefined;
  /** Bytes of all its prefixes together. Default: 4 MiB. */
  readonly prefixBytesMax?: number | undefined;
}

const subscriptionsMaxDefault = 65_536;
const prefixBytesMaxDefault = 4 * 1024 * 1024;
const sharesMax = 16;

interface Subscriber<S> {
  readonly who: S;
  /** Its prefixes, with where it stands among the holders of each. */
  readonly places: Map<Node<S>, number>;
  prefixBytes: number;
  /** The search that found it last. */
  foundBy: number;
}

type Node<S> = PrefixNode<Subscriber<S>>;

/**
 * Each subscriber has a set of prefixes, of bytes. To give one twice changes nothing, and to cancel
 * it once is enough: so libzmq does, whose SUB sends each subscription, but only the last cancel.
 * RFC 37 has them counted ("Subscriptions SHALL be additive and SHALL NOT be idempotent").
 *
 * What a search costs depends on the length of the topic and on how many it finds, not on how many
 * subscriptions there are.
 * @typeParam S Whatever stands for a subscriber; told apart as the keys of a Map are.
 */
export class SubscriptionIndex<S> {
  readonly #subscriptionsMax: number;
  readonly #prefixBytesMax: number;
  readonly #subscriptionsTotalMax: number;
  readonly #prefixBytesTotalMax: number;
  readonly #gaveWay: (who: S, cause: PeerError) => void;
  readonly #tree = new PrefixTree<Subscriber<S>>();
  readonly #subscribers = new Map<S, Subscriber<S>>();
  #subscriptionsTotal = 0;
  #prefixBytesTotal = 0;
  #version = 0;
  #searches = 0;

  /**
   * @param gaveWay Told when all together have too many, of the one that had most: its prefixes are
   *   gone, so that others can have some.
   * @throws {UsageError} if a limit is not above 0.
   */
  constructor(
    limits: SubscriptionLimits = {},
    gaveWay: (who: S, cause: PeerError) => void = () => {},
  ) {
    checkAbove0("subscriptionsMax", limits.subscriptionsMax);
    checkAbove0("prefixBytesMax", limits.prefixBytesMax);
    this.#subscriptionsMax = limits.subscriptionsMax ?? subscriptionsMaxDefault;
    this.#prefixBytesMax = limits.prefixBytesMax ?? prefixBytesMaxDefault;
    this.#subscriptionsTotalMax =
      sharesMax * Math.max(this.#subscriptionsMax, subscriptionsMaxDefault);
    this.#prefixBytesTotalMax = sharesMax * Math.max(this.#prefixBytesMax, prefixBytesMaxDefault);
    this.#gaveWay = gaveWay;
  }

  /** Another number after each change of what `match` may find. */
  get version(): number {
    return this.#version;
  }

  /**
   * `who` wants all topics that begin with `prefix`, which is copied.
   * @returns false if it did already.
   * @throws {PeerError} if that is one prefix, or one byte, more than a subscriber may have, or than
   *   all may have and it has most. Nothing has changed then.
   */
  add(who: S, prefix: Uint8Array): boolean {
    const subscriber = this.#subscribers.get(who) ?? newcomer(who);
    const present = this.#tree.find(prefix);
    if (present !== undefined && subscriber.places.has(present)) return false;
    this.#checkLimits(subscriber, prefix.length);
    this.#makeRoom(subscriber, prefix.length);
    const node = this.#tree.obtain(prefix);
    subscriber.places.set(node, node.hold(subscriber));
    subscriber.prefixBytes += prefix.length;
    this.#subscriptionsTotal += 1;
    this.#prefixBytesTotal += prefix.length;
    this.#subscribers.set(who, subscriber);
    this.#version += 1;
    return true;
  }

  /**
   * `who` does not want them any more, unless it has other prefixes that they begin with.
   * @returns false if it had no such prefix.
   */
  remove(who: S, prefix: Uint8Array): boolean {
    const subscriber = this.#subscribers.get(who);
    const node = this.#tree.find(prefix);
    if (subscriber === undefined || node === undefined || !subscriber.places.has(node)) {
      return false;
    }
    this.#leave(subscriber, node);
    if (subscriber.places.size === 0) this.#subscribers.delete(who);
    this.#version += 1;
    return true;
  }

  /**
   * `who` wants nothing any more.
   * @returns false if it wanted nothing before.
   */
  removeAll(who: S): boolean {
    const subscriber = this.#subscribers.get(who);
    if (subscriber === undefined) return false;
    for (const node of subscriber.places.keys()) this.#leave(subscriber, node);
    this.#subscribers.delete(who);
    this.#version += 1;
    return true;
  }

  /** Those who want `topic`, each once, in no particular order. */
  match(topic: Uint8Array): S[] {
    const search = ++this.#searches;
    const found: S[] = [];
    let node: Node<S> | undefined = this.#tree.longest(topic);
    for (; node !== undefined; node = node.parent) {
      for (const subscriber of node.holders) {
        if (subscriber.foundBy === search) continue;
        subscriber.foundBy = search;
        found.push(subscriber.who);
      }
    }
    return found;
  }

  #checkLimits(subscriber: Subscriber<S>, byteCount: number): void {
    const count = subscriber.places.size + 1;
    if (count > this.#subscriptionsMax) {
      throw new PeerError(
        `${count} subscriptions of one subscriber, at most ${this.#subscriptionsMax} taken: ` +
          "let it use shorter prefixes, or raise subscriptionsMax",
        { details: { count, subscriptionsMax: this.#subscriptionsMax } },
      );
    }
    const prefixBytes = subscriber.prefixBytes + byteCount;
    if (prefixBytes > this.#prefixBytesMax) {
      throw new PeerError(
        `subscriptions of ${prefixBytes} bytes together of one subscriber, at most ` +
          `${this.#prefixBytesMax} taken: let it use shorter prefixes, or raise prefixBytesMax`,
        { details: { prefixBytes, prefixBytesMax: this.#prefixBytesMax } },
      );
    }
  }

  /**
   * Where all together would have too much, the subscriber that has most gives way.
   * @throws {PeerError} if that is the one that asks.
   */
  #makeRoom(asking: Subscriber<S>, byteCount: number): void {
    while (
      this.#subscriptionsTotal + 1 > this.#subscriptionsTotalMax ||
      this.#prefixBytesTotal + byteCount > this.#prefixBytesTotalMax
    ) {
      const largest = this.#largest(asking);
      const cause = this.#tooMuch(largest);
      if (largest === asking) throw cause;
      this.removeAll(largest.who);
      this.#gaveWay(largest.who, cause);
    }
  }

  #largest(asking: Subscriber<S>): Subscriber<S> {
    const shareOf = ({ places, prefixBytes }: Subscriber<S>): number =>
      Math.max(places.size / this.#subscriptionsMax, prefixBytes / this.#prefixBytesMax);
    let largest = asking;
    for (const subscriber of this.#subscribers.values()) {
      if (shareOf(subscriber) > shareOf(largest)) largest = subscriber;
    }
    return largest;
  }

  #tooMuch({ places: { size: count }, prefixBytes }: Subscriber<S>): PeerError {
    const subscriptionsTotalMax = this.#subscriptionsTotalMax;
    const prefixBytesTotalMax = this.#prefixBytesTotalMax;
    return new PeerError(
      `${count} subscriptions of ${prefixBytes} bytes together, more than any other subscriber has, ` +
        `and of all no more than ${subscriptionsTotalMax} of ${prefixBytesTotalMax} bytes are ` +
        "taken: let it use shorter prefixes, or raise subscriptionsMax",
      { details: { count, prefixBytes, subscriptionsTotalMax, prefixBytesTotalMax } },
    );
  }

  #leave(subscriber: Subscriber<S>, node: Node<S>): void {
    // "as": whoever holds a node has a place there.
    const place = subscriber.places.get(node) as number;
    node.leave(place)?.places.set(node, place);
    subscriber.places.delete(node);
    subscriber.prefixBytes -= node.text.length;
    this.#subscriptionsTotal -= 1;
    this.#prefixBytesTotal -= node.text.length;
    this.#tree.release(node);
  }
}

function newcomer<S>(who: S): Subscriber<S> {
  return { who, places: new Map(), prefixBytes: 0, foundBy: 0 };
}
