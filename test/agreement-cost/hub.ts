/**
 * Hub: many agreements in one thread and in virtual time. Each message reaches all others 1 ms later,
 * and is counted and encoded once, as multicast sends it.
 */
import { AddressSpace } from "../../src/protocol/consensus/address-space.ts";
import { AddressAgreement } from "../../src/protocol/consensus/agreement.ts";
import type { ControlMessage } from "../../src/protocol/consensus/message.ts";
import { ControlMessageCodec } from "../../src/protocol/consensus/message-codec.ts";

const delayMs = 1;

/** Of one datagram: IP, UDP, PGM and its ODATA, the offset, two frames' heads and a topic of 35 bytes. */
const datagramOverheadBytes = 20 + 8 + 16 + 8 + 2 + 4 + 35;

/** What a datagram of 1,500 bytes has room for. */
const datagramBodyBytes = 1_400;

export interface Traffic {
  readonly messageCount: number;
  readonly byteCount: number;
}

interface Flight {
  readonly arrivesMs: number;
  readonly from: number;
  readonly message: ControlMessage;
}

export class Hub {
  readonly nodes: AddressAgreement[] = [];
  nowMs = 0;
  readonly #space: AddressSpace;
  readonly #codec: ControlMessageCodec;
  readonly #deadlinesMs: number[] = [];
  readonly #flights: Flight[] = [];
  #flownCount = 0;
  readonly #counts = new Map<ControlMessage["kind"], { messageCount: number; byteCount: number }>();
  #seed = 1;

  constructor() {
    this.#space = new AddressSpace("239.255.0.0/16");
    this.#codec = new ControlMessageCodec(this.#space);
  }

  /** Makes one more node, that is not started. @returns its index. */
  add(): number {
    const node = new AddressAgreement({
      instanceId: this.#chance64(),
      space: this.#space,
      random: () => this.#chance(),
      firstProposalId: 1n,
    });
    this.nodes.push(node);
    this.#deadlinesMs.push(Number.POSITIVE_INFINITY);
    return this.nodes.length - 1;
  }

  /** An act of a node's owner. */
  act(index: number, perform: (node: AddressAgreement, nowMs: number) => void): void {
    const node = this.#node(index);
    perform(node, this.nowMs);
    this.#settle(index, node);
  }

  /** Lets time pass until `isOver`, asked after each message and wake, or `endMs`. @returns when it was. */
  passTo(endMs: number, isOver: () => boolean = () => false): number {
    while (!isOver()) {
      const dueIndex = indexOfLeast(this.#deadlinesMs);
      const wakeMs = this.#deadlinesMs[dueIndex] ?? Number.POSITIVE_INFINITY;
      const flight = this.#flights[this.#flownCount];
      const nextMs = Math.min(wakeMs, flight?.arrivesMs ?? Number.POSITIVE_INFINITY);
      if (nextMs > endMs) {
        this.nowMs = endMs;
        break;
      }
      this.nowMs = Math.max(this.nowMs, nextMs);
      if (flight !== undefined && flight.arrivesMs <= wakeMs) this.#arrive(flight);
      else this.act(dueIndex, (node, nowMs) => node.wake(nowMs));
    }
    return this.nowMs;
  }

  /** What was sent since it was last asked, of each kind and in all. */
  takeTraffic(): { readonly all: Traffic; readonly byKind: ReadonlyMap<string, Traffic> } {
    const byKind = new Map(this.#counts);
    this.#counts.clear();
    let [messageCount, byteCount] = [0, 0];
    for (const traffic of byKind.values()) {
      messageCount += traffic.messageCount;
      byteCount += traffic.byteCount;
    }
    return { all: { messageCount, byteCount }, byKind };
  }

  /** From 0 up to, but not, 1; the same in every run. */
  #chance(): number {
    this.#seed = (Math.imul(this.#seed, 1_664_525) + 1_013_904_223) >>> 0;
    return (this.#seed >>> 8) / 2 ** 24;
  }

  #chance64(): bigint {
    return (BigInt(Math.floor(this.#chance() * 2 ** 24)) << 40n) | BigInt(this.nodes.length + 1);
  }

  #arrive({ from, message }: Flight): void {
    this.#flownCount += 1;
    if (this.#flownCount === 65_536) {
      this.#flights.splice(0, this.#flownCount);
      this.#flownCount = 0;
    }
    for (const [index, node] of this.nodes.entries()) {
      if (index === from || node.state === "idle") continue;
      node.receive(message, this.nowMs);
      this.#settle(index, node);
    }
  }

  #settle(index: number, node: AddressAgreement): void {
    for (const output of node.drain())
      if (output.kind === "send") this.#send(index, output.message);
    this.#deadlinesMs[index] = node.deadlineMs ?? Number.POSITIVE_INFINITY;
  }

  #send(from: number, message: ControlMessage): void {
    const bodyBytes = this.#codec.encode(message).length;
    const datagramCount = Math.ceil(bodyBytes / datagramBodyBytes);
    const traffic = this.#counts.get(message.kind) ?? { messageCount: 0, byteCount: 0 };
    traffic.messageCount += 1;
    traffic.byteCount += bodyBytes + datagramCount * datagramOverheadBytes;
    this.#counts.set(message.kind, traffic);
    this.#flights.push({ arrivesMs: this.nowMs + delayMs, from, message });
  }

  #node(index: number): AddressAgreement {
    const node = this.nodes[index];
    if (node === undefined) throw new RangeError(`node ${index} of ${this.nodes.length}`);
    return node;
  }
}

function indexOfLeast(values: readonly number[]): number {
  let least = 0;
  for (let index = 1; index < values.length; index += 1) {
    if ((values[index] ?? 0) < (values[least] ?? 0)) least = index;
  }
  return least;
}
