/** SubscriptionIndex: which subscribers of a publisher want a topic. */
import { PeerError } from "../../errors.ts";
import { checkAbove0 } from "../check-above-0.ts";
import { type PrefixNode, PrefixTree } from "./prefix-tree.ts";

/** What one subscriber may take of a publisher's memory. */
export interface SubscriptionLimits {
  /** Prefixes of one subscriber. Default: 65,536. */
  readonly subscriptionsMax?: number | undefined;
  /** Bytes of all its prefixes together. Default: 4 MiB. */
  readonly prefixBytesMax?: number | undefined;
}

const subscriptionsMaxDefault = 65_536;
const prefixBytesMaxDefault = 4 * 1024 * 1024;

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
  readonly #tree = new PrefixTree<Subscriber<S>>();
  readonly #subscribers = new Map<S, Subscriber<S>>();
  #version = 0;
  #searches = 0;

  /** @throws {UsageError} if a limit is not above 0. */
  constructor(limits: SubscriptionLimits = {}) {
    checkAbove0("subscriptionsMax", limits.subscriptionsMax);
    checkAbove0("prefixBytesMax", limits.prefixBytesMax);
    this.#subscriptionsMax = limits.subscriptionsMax ?? subscriptionsMaxDefault;
    this.#prefixBytesMax = limits.prefixBytesMax ?? prefixBytesMaxDefault;
  }

  /** Another number after each change of what `match` may find. */
  get version(): number {
    return this.#version;
  }

  /**
   * `who` wants all topics that begin with `prefix`, which is copied.
   * @returns false if it did already.
   * @throws {PeerError} if that is one prefix, or one byte, more than a subscriber may have. Nothing
   *   has changed then.
   */
  add(who: S, prefix: Uint8Array): boolean {
    const subscriber = this.#subscribers.get(who) ?? newcomer(who);
    const present = this.#tree.find(prefix);
    if (present !== undefined && subscriber.places.has(present)) return false;
    this.#checkLimits(subscriber, prefix.length);
    const node = this.#tree.obtain(prefix);
    subscriber.places.set(node, node.hold(subscriber));
    subscriber.prefixBytes += prefix.length;
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

  /** `who` wants nothing any more. */
  removeAll(who: S): void {
    const subscriber = this.#subscribers.get(who);
    if (subscriber === undefined) return;
    for (const node of subscriber.places.keys()) this.#leave(subscriber, node);
    this.#subscribers.delete(who);
    this.#version += 1;
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

  #leave(subscriber: Subscriber<S>, node: Node<S>): void {
    // "as": whoever holds a node has a place there.
    const place = subscriber.places.get(node) as number;
    node.leave(place)?.places.set(node, place);
    subscriber.places.delete(node);
    subscriber.prefixBytes -= node.text.length;
    this.#tree.release(node);
  }
}

function newcomer<S>(who: S): Subscriber<S> {
  return { who, places: new Map(), prefixBytes: 0, foundBy: 0 };
}
