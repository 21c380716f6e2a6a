/**
 * DataPlane: the messages of the application, sent where the agreement says. Each sender has one
 * stream on each address, which loses nothing and keeps its order, as repaired multicast does; two
 * streams of one sender are not ordered among each other. A receiver gets what is sent on addresses
 * that it has joined.
 */
import type { RouteOutput } from "../../src/protocol/consensus/output.ts";
import { StreamSuccession } from "../../src/protocol/consensus/succession.ts";
import type { Random } from "../../src/testing/random.ts";
import type { AgreementHost, Place, Running } from "./agreement-host.ts";
import type { ContinuityChecker } from "./checkers/continuity.ts";

export interface DataPlaneOptions {
  readonly hosts: readonly AgreementHost[];
  readonly typeNames: readonly string[];
  readonly delayMaxMs: number;
  readonly random: Random;
  readonly checker: ContinuityChecker;
  readonly nowMs: () => number;
  readonly at: (atMs: number, action: () => void) => void;
}

/** One agreement's sending of one type; its messages are numbers that count up. */
export interface Sending {
  readonly sender: Running;
  readonly typeName: string;
  next: number;
  streamCount: number;
  /** By address. */
  readonly streams: Map<number, Stream>;
  /** By address, and then by receiver: when the last message on it arrives, in whichever stream. */
  readonly arrivesMs: Map<number, Map<Running, number>>;
}

interface Stream {
  readonly sending: Sending;
  /** Among those of its sending. */
  readonly id: number;
  readonly address: number;
  /** The stream it takes the place of. */
  readonly follows: Stream | undefined;
}

interface Receiving {
  readonly place: Place;
  readonly succession: StreamSuccession<number>;
  readonly joined: Set<number>;
  /** Streams of which it has got something. */
  readonly begun: WeakSet<Stream>;
}

export class DataPlane {
  readonly #options: DataPlaneOptions;
  /** By type, then by who sends or receives. */
  readonly #sendings = new Map<string, Map<bigint, Sending>>();
  readonly #receivings = new Map<string, Map<Running, Receiving>>();

  constructor(options: DataPlaneOptions) {
    this.#options = options;
    for (const typeName of options.typeNames) {
      this.#sendings.set(typeName, new Map());
      this.#receivings.set(typeName, new Map());
    }
  }

  /** A host is told anew where to send and to listen. */
  route(host: AgreementHost, { typeName, send, listen }: RouteOutput): void {
    const { running } = host;
    const sendings = this.#sendings.get(typeName);
    if (running === undefined || sendings === undefined) return;
    this.#join(host, running, typeName, listen);
    const sending = sendings.get(running.instanceId) ?? {
      sender: running,
      typeName,
      next: 0,
      streamCount: 0,
      streams: new Map<number, Stream>(),
      arrivesMs: new Map<number, Map<Running, number>>(),
    };
    sendings.set(running.instanceId, sending);
    if (send.length === 0) this.#options.checker.interrupted(running, typeName);
    this.#switch(sending, send);
  }

  /** Every sender sends one message of each type, if it knows where to. */
  sendAll(): void {
    for (const { running } of this.#options.hosts) {
      if (running === undefined) continue;
      for (const sendings of this.#sendings.values()) {
        const sending = sendings.get(running.instanceId);
        if (sending !== undefined && sending.streams.size > 0) this.#send(sending);
      }
    }
  }

  #send(sending: Sending): void {
    const number = sending.next;
    sending.next += 1;
    for (const receiver of this.#receivings.get(sending.typeName)?.keys() ?? []) {
      if (receiver !== sending.sender) this.#options.checker.dataSent(sending, receiver, number);
    }
    for (const stream of sending.streams.values()) this.#transfer(stream, number);
  }

  #switch(sending: Sending, addresses: readonly number[]): void {
    let left: Stream | undefined;
    for (const [address, stream] of sending.streams) {
      if (addresses.includes(address)) continue;
      this.#transfer(stream, "end");
      sending.streams.delete(address);
      left ??= stream;
    }
    if (left !== undefined && addresses.length > 0) this.#options.checker.moved(sending);
    for (const address of addresses) {
      if (sending.streams.has(address)) continue;
      const id = sending.streamCount++;
      sending.streams.set(address, { sending, id, address, follows: left });
    }
  }

  #join(
    { place }: AgreementHost,
    running: Running,
    typeName: string,
    addresses: readonly number[],
  ): void {
    const receivings = this.#receivings.get(typeName);
    if (addresses.length === 0) {
      receivings?.delete(running);
      this.#options.checker.left(running, typeName);
      return;
    }
    let receiving = receivings?.get(running);
    if (receiving === undefined) {
      receiving = {
        place,
        joined: new Set(),
        begun: new WeakSet(),
        succession: new StreamSuccession<number>({
          deliver: (senderId, number) => this.#deliver(senderId, typeName, running, number),
          // What is missing then is found by its number.
          gap: () => undefined,
        }),
      };
      receivings?.set(running, receiving);
    }
    receiving.joined.clear();
    for (const address of addresses) receiving.joined.add(address);
  }

  /** Sends a message, or the end of the stream, to all who have joined the stream's address. */
  #transfer(stream: Stream, item: number | "end"): void {
    const { sender, typeName } = stream.sending;
    const { nowMs, at, random, delayMaxMs } = this.#options;
    const lastMs = stream.sending.arrivesMs.get(stream.address) ?? new Map<Running, number>();
    stream.sending.arrivesMs.set(stream.address, lastMs);
    for (const [receiver, receiving] of this.#receivings.get(typeName) ?? []) {
      if (receiver === sender || !receiving.joined.has(stream.address)) continue;
      const arrivesMs = Math.max(
        lastMs.get(receiver) ?? 0,
        nowMs() + 0.1 + random.fraction() * delayMaxMs,
      );
      lastMs.set(receiver, arrivesMs);
      at(arrivesMs, () => this.#arrive(stream, receiver, receiving, item));
    }
  }

  #arrive(stream: Stream, receiver: Running, receiving: Receiving, item: number | "end"): void {
    const { id, address, follows, sending } = stream;
    const { succession, place } = receiving;
    // It has crashed, or left the group and the type since.
    if (this.#receivings.get(sending.typeName)?.get(receiver) !== receiving) return;
    if (!receiving.joined.has(address)) return;
    const senderId = sending.sender.instanceId;
    if (!receiving.begun.has(stream)) {
      receiving.begun.add(stream);
      // It waits for no stream that it does not listen to.
      const listened = follows !== undefined && receiving.joined.has(follows.address);
      succession.begin(senderId, id, listened ? follows.id : undefined, place.nowMs);
      this.#orderWake(receiving);
    }
    if (item === "end") succession.finish(senderId, id);
    else succession.arrive(senderId, id, item);
  }

  #orderWake(receiving: Receiving): void {
    const { succession, place } = receiving;
    const { deadlineMs } = succession;
    if (deadlineMs === undefined) return;
    const { at, nowMs } = this.#options;
    at(nowMs() + deadlineMs - place.nowMs, () => {
      succession.wake(place.nowMs);
      this.#orderWake(receiving);
    });
  }

  #deliver(senderId: bigint, typeName: string, receiver: Running, number: number): void {
    const sending = this.#sendings.get(typeName)?.get(senderId);
    if (sending !== undefined) this.#options.checker.dataDelivered(sending, receiver, number);
  }
}
