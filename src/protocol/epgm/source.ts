/**
 * Source: the sending side of one EPGM session, as a machine. It packs messages into data packets at
 * a limited rate, keeps them for a while, and repeats what receivers ask for.
 *
 * Source: RFC 3208, section 5, with the choices of libzmq 4.3.4.
 */
import type { Machine } from "../machine.ts";
import type { IncomingDatagram, SendDatagram } from "./datagram.ts";
import type { Nak, Spmr } from "./packet.ts";
import { readPacket } from "./packet-reader.ts";
import { dataPayloadAt, writeDataHead, writeNak, writeSpm } from "./packet-writer.ts";
import { RateLimit } from "./rate-limit.ts";
import { Repairs } from "./repairs.ts";
import { distance, plus } from "./sequence.ts";
import { Slab } from "./slab.ts";
import { SpmSchedule } from "./spm-schedule.ts";
import { StreamWriter } from "./stream-writer.ts";
import { TransmitWindow, type WindowLimits } from "./transmit-window.ts";
import { isSameTsi, type Tsi } from "./tsi.ts";
import type { WindowPool } from "./window-pool.ts";

/** How many SPMs a source sends when it starts, and when it closes. */
const spmCount = 3;

/** What goes out next: where both wait they take turns, whoever asks for how much. */
interface NextPacket {
  readonly byteCount: number;
  /** undefined: new data. */
  readonly repair: { readonly sequence: number; readonly packet: Uint8Array } | undefined;
}

export interface SourceOptions {
  readonly tsi: Tsi;
  /** The endpoint's port: of UDP, and of PGM for all but the source. */
  readonly port: number;
  /** The address on which this source hears unicast NAKs, 4 or 16 bytes. */
  readonly nla: Uint8Array;
  readonly group: Uint8Array;
  readonly bitsPerSecond: number;
  /** The longest payload of a data packet: 1,428 for packets of 1,500 bytes with all their heads. */
  readonly payloadBytesMax: number;
  /** More than so many bytes of messages are not queued. */
  readonly queueBytesMax: number;
  readonly pool: WindowPool;
  readonly window: WindowLimits;
  /** Receivers that miss the last packets may ask for so long after `close`. */
  readonly graceMs: number;
  /** The sequence number of the first data packet; 0 by default, as libzmq's. */
  readonly firstSequence?: number;
}

/** - `room`: the queue that refused a message takes some again. - `closed`: nothing more will come. */
export type SourceOutput = SendDatagram | { readonly kind: "room" } | { readonly kind: "closed" };

export type SourceState = "idle" | "open" | "draining" | "grace" | "closed";

/** What a channel has sent, in packets. */
export interface SourceCounts {
  packets: number;
  repairs: number;
  /** Sequence numbers that were asked for, but had left the window. */
  unrepairable: number;
  malformed: number;
}

export class EpgmSource implements Machine<IncomingDatagram, SourceOutput> {
  readonly #options: SourceOptions;
  readonly #outputs: SourceOutput[] = [];
  readonly #writer: StreamWriter;
  readonly #slab = new Slab();
  readonly #window: TransmitWindow;
  readonly #repairs: Repairs;
  readonly #schedule = new SpmSchedule();
  readonly #rate: RateLimit;
  readonly #counts: SourceCounts = { packets: 0, repairs: 0, unrepairable: 0, malformed: 0 };
  #state: SourceState = "idle";
  #spmSequence = 0;
  #isFull = false;
  #isForeign = false;
  #isDataTurn = false;
  #graceMs: number;
  #graceEndsMs = Number.POSITIVE_INFINITY;

  constructor(options: SourceOptions, nowMs: number) {
    this.#options = options;
    this.#graceMs = options.graceMs;
    this.#writer = new StreamWriter(options.payloadBytesMax);
    this.#window = new TransmitWindow(options.pool, options.window, options.firstSequence);
    this.#repairs = new Repairs(this.#window);
    this.#rate = new RateLimit(options.bitsPerSecond, nowMs);
  }

  get state(): SourceState {
    return this.#state;
  }

  get counts(): Readonly<SourceCounts> {
    return this.#counts;
  }

  /** The sequence number of the next packet. */
  get nextSequence(): number {
    return this.#window.next;
  }

  /** How many bytes of messages wait to be sent. */
  get queuedBytes(): number {
    return this.#writer.byteCount;
  }

  /** The rate as it is now, in bit/s. */
  get bitsPerSecond(): number {
    return this.#rate.bitsPerSecond;
  }

  /** Whether receivers that are not ours listen: bursts and rate then stay within what libzmq's bear. */
  setForeign(isForeign: boolean): void {
    this.#isForeign = isForeign;
    this.#rate.setForeign(isForeign);
  }

  start(nowMs: number): void {
    if (this.#state !== "idle") return;
    this.#state = "open";
    for (let count = 0; count < spmCount; count += 1) this.#sendSpm(nowMs);
  }

  /**
   * Queues a message of one or more parts; it goes out with the next `flush`. Long parts are read
   * when they are sent: they are the source's from here on.
   * @returns false if the queue is full; an output `room` says when it is no longer.
   */
  send(parts: readonly Uint8Array[]): boolean {
    if (!this.takes()) return false;
    this.#writer.push(parts);
    return true;
  }

  /** Whether a message would be queued now; if not, an output `room` says when it would. */
  takes(): boolean {
    if (this.#state !== "open") return false;
    this.#isFull ||= this.#writer.byteCount >= this.#options.queueBytesMax;
    return !this.#isFull;
  }

  /** Sends what is queued, as far as the rate allows. Called once a tick, it packs the tick's messages. */
  flush(nowMs: number): void {
    if (this.#state === "idle" || this.#state === "closed") return;
    while (this.#sendNext(nowMs)) {
      // Each turn sends one packet.
    }
    if (this.#isFull && this.#writer.byteCount <= this.#options.queueBytesMax / 2) {
      this.#isFull = false;
      this.#outputs.push({ kind: "room" });
    }
    if (this.#state === "draining" && this.#writer.isEmpty) this.#finish(nowMs);
  }

  /**
   * Sends what is queued, says that nothing follows, and answers NAKs for a while.
   * @param graceMs For how long; as in the options unless given.
   */
  close(nowMs: number, graceMs?: number): void {
    if (graceMs !== undefined) this.#graceMs = graceMs;
    if (this.#state === "idle") this.#end();
    if (this.#state !== "open") return;
    this.#state = "draining";
    this.flush(nowMs);
  }

  /**
   * Ends at once, whatever waits, and says that nothing follows.
   * @returns The messages that have not been sent to their end.
   */
  abandon(nowMs: number): Uint8Array[][] {
    if (this.#state === "open" || this.#state === "draining") this.#finish(nowMs);
    if (this.#state !== "closed") this.#end();
    return this.#writer.clear();
  }

  receive(datagram: IncomingDatagram, nowMs: number): void {
    if (this.#state === "idle" || this.#state === "closed") return;
    const packet = readPacket(datagram.bytes);
    switch (packet.kind) {
      case "malformed":
        this.#counts.malformed += 1;
        break;
      case "nak":
        this.#takeNak(packet, datagram.from.join("."), nowMs);
        break;
      case "spmr":
        this.#takeSpmr(packet, nowMs);
        break;
      default: // Packets of other sources, and this one's own.
    }
  }

  wake(nowMs: number): void {
    if (this.#state === "idle" || this.#state === "closed") return;
    this.#window.expire(nowMs);
    this.flush(nowMs);
    if (this.#schedule.deadlineMs <= nowMs) this.#sendSpm(nowMs);
    if (this.#graceEndsMs <= nowMs) this.#end();
  }

  drain(): SourceOutput[] {
    return this.#outputs.splice(0);
  }

  get deadlineMs(): number | undefined {
    if (this.#state === "idle" || this.#state === "closed") return undefined;
    return Math.min(this.#schedule.deadlineMs, this.#graceEndsMs, this.#nextPacketMs());
  }

  #nextPacketMs(): number {
    const next = this.#nextPacket();
    return next === undefined ? Number.POSITIVE_INFINITY : this.#rate.readyMs(next.byteCount);
  }

  #nextPacket(): NextPacket | undefined {
    const isDataNext = !this.#writer.isEmpty;
    const repair = isDataNext && this.#isDataTurn ? undefined : this.#repairs.next();
    if (repair !== undefined) return { byteCount: repair.packet.length, repair };
    if (!isDataNext) return undefined;
    return { byteCount: dataPayloadAt + this.#writer.nextPayloadBytes, repair };
  }

  /** Sends one packet. @returns false if there is none, or the rate does not allow it yet. */
  #sendNext(nowMs: number): boolean {
    const next = this.#nextPacket();
    if (next === undefined) return false;
    const isRepair = next.repair !== undefined;
    if (!this.#rate.take(next.byteCount, nowMs, { isRepair })) return false;
    this.#isDataTurn = isRepair;
    if (next.repair === undefined) this.#sendData(next.byteCount, nowMs);
    else this.#sendRepair(next.repair, nowMs);
    return true;
  }

  #sendData(byteCount: number, nowMs: number): void {
    // A libzmq receiver that misses two packets before it has seen an SPM may go deaf (libzmq 4.3.4).
    if (this.#isForeign && this.#schedule.wasSilent(nowMs)) this.#sendSpm(nowMs);
    const { tsi, port } = this.#options;
    const packet = this.#slab.allocate(byteCount);
    this.#writer.writePayload(packet, dataPayloadAt);
    const sequence = this.#window.next;
    writeDataHead(packet, { kind: "odata", tsi, port, sequence, trail: this.#window.trail });
    this.#window.add(packet, nowMs);
    this.#counts.packets += 1;
    this.#schedule.beginSeries(nowMs);
    this.#toGroup(packet);
  }

  #sendRepair(
    repair: { readonly sequence: number; readonly packet: Uint8Array },
    nowMs: number,
  ): void {
    const { sequence } = repair;
    const { tsi, port } = this.#options;
    // The first sending may still be in a socket's queue, so it must not change.
    const packet = repair.packet.slice();
    writeDataHead(packet, { kind: "rdata", tsi, port, sequence, trail: this.#window.trail });
    this.#repairs.repeated(sequence, nowMs);
    this.#counts.repairs += 1;
    this.#schedule.beginSeries(nowMs);
    this.#toGroup(packet);
  }

  /**
   * RFC 3208, section 5: a NAK is confirmed at once, with an NCF for the same sequence numbers. Not
   * so for what cannot be repeated, or was never sent: instead of a promise that cannot be kept, an
   * SPM says what there is.
   */
  #takeNak(nak: Nak, asker: string, nowMs: number): void {
    const { tsi, port, nla, group } = this.#options;
    if (!isSameTsi(nak.tsi, tsi) || nak.port !== port) return;
    const { confirmed, newCount, absentCount } = this.#repairs.ask(asker, nak.sequences, nowMs);
    if (confirmed.length > 0) {
      this.#toGroup(writeNak({ kind: "ncf", tsi, port, sequences: confirmed, nla, group }));
    }
    if (absentCount > 0) {
      this.#counts.unrepairable += nak.sequences.filter((sequence) =>
        this.#hasLeft(sequence),
      ).length;
      this.#askForSpm(nowMs);
    }
    this.#rate.asked(asker, newCount);
    this.flush(nowMs);
  }

  /** Whether a packet was sent, but is no longer in the window. */
  #hasLeft(sequence: number): boolean {
    return distance(this.#window.trail, sequence) < 0;
  }

  #takeSpmr({ tsi, port }: Spmr, nowMs: number): void {
    if (isSameTsi(tsi, this.#options.tsi) && port === this.#options.port) this.#askForSpm(nowMs);
  }

  #askForSpm(nowMs: number): void {
    this.#schedule.asked();
    if (this.#schedule.deadlineMs <= nowMs) this.#sendSpm(nowMs);
  }

  #sendSpm(nowMs: number): void {
    const fin = this.#state === "grace";
    const { tsi, port, nla } = this.#options;
    const { trail, lead } = this.#window;
    const sequence = this.#spmSequence;
    this.#spmSequence = plus(sequence, 1);
    this.#schedule.sent(nowMs);
    this.#toGroup(writeSpm({ kind: "spm", tsi, port, sequence, trail, lead, nla, fin }));
  }

  #finish(nowMs: number): void {
    this.#state = "grace";
    this.#graceEndsMs = nowMs + this.#graceMs;
    for (let count = 0; count < spmCount; count += 1) this.#sendSpm(nowMs);
    // All three are lost together when a receiver hears nothing for a moment.
    this.#schedule.beginSeries(nowMs);
  }

  #end(): void {
    this.#state = "closed";
    this.#window.clear();
    this.#repairs.clear();
    this.#outputs.push({ kind: "closed" });
  }

  #toGroup(bytes: Uint8Array): void {
    this.#outputs.push({ kind: "send", bytes, to: "group" });
  }
}
