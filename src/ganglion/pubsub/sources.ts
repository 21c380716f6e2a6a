/** Sources: the publishers that a pub/sub ganglion listens to, and what it asks them for. */
import { UsageError } from "../../errors.ts";
import {
  checkAddress,
  checkRemoteAddress,
  formatAddress,
  type StreamAddress,
} from "../../io/address.ts";
import { systemClock } from "../../io/clock.ts";
import type { ConnectorOptions } from "../../io/connector.ts";
import { checkOptions } from "../../options.ts";
import type { TopicPattern } from "../../topic.ts";
import { streamAddressTable } from "../wire/options.ts";
import { prefixOf } from "./prefix.ts";
import { Source, type SourceOwner } from "./source.ts";

interface Wanted {
  readonly prefix: Uint8Array;
  /** How many topics and patterns have this prefix. */
  count: number;
}

const utf8 = new TextEncoder();

export class Sources {
  readonly #options: ConnectorOptions;
  readonly #owner: SourceOwner;
  /** After so long without a word a publisher counts as one that cannot be reached. */
  readonly #muteMs: number;
  readonly #byAddress = new Map<string, Source>();
  /** Removed, and not gone yet. */
  readonly #leaving = new Set<Source>();
  readonly #wanted = new Map<string, Wanted>();
  #inEffect: Promise<void> | undefined;
  #referenced = true;

  constructor(options: ConnectorOptions, owner: Omit<SourceOwner, "prefixes">) {
    this.#options = options;
    this.#muteMs = options.heartbeat?.timeoutMs ?? Number.POSITIVE_INFINITY;
    const wanted = this.#wanted;
    this.#owner = {
      ...owner,
      get prefixes() {
        return [...wanted.values()].map(({ prefix }) => prefix);
      },
    };
  }

  get connectedCount(): number {
    return [...this.#byAddress.values()].filter(({ isConnected }) => isConnected).length;
  }

  /** @throws {UsageError} if one is no address, or is there already; none is added then. */
  add(given: readonly StreamAddress[]): void {
    const addresses = new Map<string, StreamAddress>();
    for (const each of given) {
      const address = checkRemoteAddress(checkPeer(each));
      const key = formatAddress(address);
      if (this.#byAddress.has(key) || addresses.has(key)) {
        throw new UsageError(`${key} is a peer already; remove it first`, { details: { address } });
      }
      addresses.set(key, address);
    }
    for (const [key, address] of addresses) {
      const source = new Source(address, this.#options, this.#owner);
      if (!this.#referenced) source.unref();
      this.#byAddress.set(key, source);
    }
  }

  /** @throws {UsageError} if it is not there. */
  async remove(address: StreamAddress, endsMs: number, lingerOver: Promise<void>): Promise<void> {
    const key = formatAddress(checkAddress(checkPeer(address)));
    const source = this.#byAddress.get(key);
    if (source === undefined) {
      const known = [...this.#byAddress.keys()].join(", ") || "none";
      throw new UsageError(`${key} is no peer; there are: ${known}`, { details: { address } });
    }
    this.#byAddress.delete(key);
    this.#leaving.add(source);
    await source.close(endsMs, lingerOver);
    this.#leaving.delete(source);
  }

  /** One more wants a topic, or all that match a pattern. */
  want(target: TopicPattern): void {
    const text = prefixOf(target);
    const known = this.#wanted.get(text);
    if (known !== undefined) {
      known.count += 1;
      return;
    }
    const prefix = utf8.encode(text);
    this.#wanted.set(text, { prefix, count: 1 });
    for (const source of this.#byAddress.values()) source.subscribe(prefix);
  }

  /** One of them does no longer. */
  unwant(target: TopicPattern): void {
    const text = prefixOf(target);
    const known = this.#wanted.get(text);
    if (known === undefined) return;
    known.count -= 1;
    if (known.count > 0) return;
    this.#wanted.delete(text);
    for (const source of this.#byAddress.values()) source.cancel(known.prefix);
  }

  /** Resolves when all publishers that can be reached have taken note of what was asked for. */
  inEffect(): Promise<void> {
    // One PING is enough for all who ask at once.
    this.#inEffect ??= Promise.resolve().then(() => {
      this.#inEffect = undefined;
      return this.#allInEffect();
    });
    return this.#inEffect;
  }

  #allInEffect(): Promise<void> {
    const inEffect = [...this.#byAddress.values()].map((source) => source.inEffect());
    return new Promise((resolve) => {
      const timer = systemClock.startTimer(this.#muteMs, resolve);
      // The connections keep the process alive, or not.
      timer.unref();
      void Promise.all(inEffect).then(() => {
        timer.cancel();
        resolve();
      });
    });
  }

  async close(endsMs: number, lingerOver: Promise<void>): Promise<void> {
    const sources = this.#all;
    this.#byAddress.clear();
    await Promise.all(sources.map((source) => source.close(endsMs, lingerOver)));
  }

  ref(): void {
    this.#referenced = true;
    for (const source of this.#all) source.ref();
  }

  unref(): void {
    this.#referenced = false;
    for (const source of this.#all) source.unref();
  }

  get #all(): Source[] {
    return [...this.#byAddress.values(), ...this.#leaving];
  }
}

/**
 * As an object with slips in it; what is none at all is told by the check of addresses.
 * @throws {UsageError}
 */
function checkPeer(given: StreamAddress): StreamAddress {
  if (given instanceof Object) checkOptions("a peer of PubSubGanglion", given, streamAddressTable);
  return given;
}
