/**
 * Source session: what a receiver knows of one source: its window, what is missing of it, its address,
 * and the message under way.
 */
import { Missing, type RepairTimes } from "./missing.ts";
import { type Data, type Nak, type PgmPacket, type Spm, sequencesPerNak } from "./packet.ts";
import { writeNak, writeSpmr } from "./packet-writer.ts";
import { type ReceiveLimits, ReceiveWindow } from "./receive-window.ts";
import { distance, plus } from "./sequence.ts";
import { type StreamLimits, StreamReader } from "./stream-reader.ts";
import { isOwnKind, type Tsi } from "./tsi.ts";

/** Of ours: they answer at once. */
const ownTimes: RepairTimes = { backOffMs: 10, ncfMs: 50, dataMs: 100, retriesMax: 60 };

/** Of libzmq's, as its own receivers have them. */
const foreignTimes: RepairTimes = { backOffMs: 20, ncfMs: 200, dataMs: 200, retriesMax: 50 };

/** libzmq sends one repair each time it wakes up; a NAK wakes it, so often, and so often in a row. */
const nudgeMs = 2;
const nudgesMax = 200;

/** One of ours that leaves so many NAKs to the group unanswered is sent them alone too. */
const groupNaksMax = 3;

/** A source whose first packet was not an SPM is asked for one after this long. */
const spmrMs = 25;

/** A source is forgotten so long after its last packet. */
const expiryMs = 300_000;

/** So many SPMs in a row with lower numbers are taken for the source's own, the higher one for forged. */
const olderSpmsMax = 3;

export interface SessionLimits extends ReceiveLimits, StreamLimits {}

/** What is lost for good, and why. */
export type GapReason = "unrepairable" | "unanswered" | "overrun" | "jump" | "malformed";

export interface SessionOptions {
  readonly tsi: Tsi;
  readonly port: number;
  readonly group: Uint8Array;
  readonly limits: SessionLimits;
  readonly random: () => number;
  readonly send: (bytes: Uint8Array, to: Uint8Array | "group") => void;
  readonly message: (tsi: Tsi, parts: Uint8Array[]) => void;
  /** @param packetCount How many packets are missing; 0 if a message was cut for another reason. */
  readonly gap: (tsi: Tsi, reason: GapReason, packetCount: number) => void;
  readonly finished: (tsi: Tsi) => void;
}

export class SourceSession {
  readonly #options: SessionOptions;
  readonly #reader: StreamReader;
  readonly #missing: Missing;
  readonly #isOwnKind: boolean;
  /** undefined until the first packet says where to begin. */
  #window: ReceiveWindow | undefined;
  #nla: Uint8Array | undefined;
  #spmSequence: number | undefined;
  #olderSpmCount = 0;
  #spmrDueMs = Number.POSITIVE_INFINITY;
  #nudgeDueMs = Number.POSITIVE_INFINITY;
  #nudgeCount = 0;
  #heardMs: number;
  /** One after the last packet, once the source has said that it closes. */
  #finishAt: number | undefined;
  #isFinished = false;
  #messageCount = 0;
  #unansweredNaks = 0;

  constructor(options: SessionOptions, nowMs: number) {
    this.#options = options;
    this.#heardMs = nowMs;
    this.#isOwnKind = isOwnKind(options.tsi);
    this.#missing = new Missing(this.#isOwnKind ? ownTimes : foreignTimes, options.random);
    this.#reader = new StreamReader(options.limits, (parts) => {
      this.#messageCount += 1;
      options.message(options.tsi, parts);
    });
  }

  /** Whether a whole message has come from it: a forger of sessions does not trouble to send one. */
  get isProven(): boolean {
    return this.#messageCount > 0;
  }

  get heardMs(): number {
    return this.#heardMs;
  }

  /** How many bytes are kept: packets that wait for others, and the message under way. */
  get heldBytes(): number {
    return (this.#window?.bytes ?? 0) + this.#reader.heldBytes;
  }

  get missingCount(): number {
    return this.#missing.size;
  }

  get deadlineMs(): number {
    return Math.min(
      this.#missing.deadlineMs,
      this.#spmrDueMs,
      this.#nudgeDueMs,
      this.#heardMs + expiryMs,
    );
  }

  isExpired(nowMs: number): boolean {
    return nowMs >= this.#heardMs + expiryMs;
  }

  /** Takes a packet about this source, from it or from another receiver. */
  take(packet: PgmPacket, from: Uint8Array, nowMs: number): void {
    switch (packet.kind) {
      case "spm":
        this.#takeSpm(packet, nowMs);
        break;
      case "odata":
      case "rdata":
        this.#takeData(packet, from, nowMs);
        break;
      case "ncf":
        this.#takeNcf(packet, nowMs);
        break;
      case "nak":
        for (const sequence of packet.sequences) this.#missing.askedByOther(sequence, nowMs);
        break;
      case "spmr":
        // Another receiver has asked: the SPM goes to all.
        this.#spmrDueMs = Number.POSITIVE_INFINITY;
        break;
      default:
        packet satisfies never;
    }
  }

  wake(nowMs: number): void {
    if (this.#spmrDueMs <= nowMs) this.#askForSpm();
    const asked = this.#missing.due(nowMs);
    for (let at = 0; at < asked.length; at += sequencesPerNak) {
      this.#sendNak(asked.slice(at, at + sequencesPerNak));
    }
    if (this.#nudgeDueMs <= nowMs) this.#nudge(nowMs);
    if (asked.length === 0) return;
    const hopeless = this.#missing.hopeless();
    if (hopeless !== undefined) this.#giveUp(hopeless, "unanswered");
  }

  /** The memory for all sources is short: what waits is handed on, without what is missing before it. */
  shrink(): void {
    const window = this.#window;
    if (window === undefined) return;
    if (window.bytes > 0) this.#giveUp(plus(window.dataEnd, -1), "overrun");
    else this.#loseMessage("overrun", 0);
  }

  #takeSpm(spm: Spm, nowMs: number): void {
    if (this.#isStale(spm.sequence)) return;
    this.#heardMs = nowMs;
    this.#spmrDueMs = Number.POSITIVE_INFINITY;
    this.#nla = spm.nla.slice();
    // Whoever joins late does not ask for what was before.
    this.#window ??= new ReceiveWindow(plus(spm.lead, 1), this.#options.limits);
    const window = this.#window;
    const { end } = window;
    window.extend(spm.lead);
    this.#addMissing(end, window.end, nowMs);
    this.#applyTrail(window, spm.trail);
    if (spm.fin) this.#finishAt ??= plus(spm.lead, 1);
    this.#deliver(window);
  }

  /** A source numbers its SPMs upwards. One number that is far too high must not silence those to come. */
  #isStale(sequence: number): boolean {
    const known = this.#spmSequence;
    const isOlder = known !== undefined && distance(known, sequence) < 0;
    if (isOlder && this.#olderSpmCount < olderSpmsMax) {
      this.#olderSpmCount += 1;
      return true;
    }
    this.#spmSequence = sequence;
    this.#olderSpmCount = 0;
    return false;
  }

  #takeData({ sequence, trail, payload }: Data, from: Uint8Array, nowMs: number): void {
    this.#window ??= this.#begin(sequence, from, nowMs);
    const window = this.#window;
    const { end } = window;
    const result = window.take(sequence, payload);
    if (result === "old" || result === "beyond") return;
    this.#heardMs = nowMs;
    this.#nudgeCount = 0;
    this.#unansweredNaks = 0;
    if (result === "jump") {
      this.#jump(window, sequence, payload);
    } else {
      this.#missing.delete(sequence);
      this.#addMissing(end, sequence, nowMs);
    }
    this.#applyTrail(window, trail);
    this.#deliver(window);
    if (window.isFull) this.shrink();
  }

  #takeNcf({ sequences }: Nak, nowMs: number): void {
    this.#unansweredNaks = 0;
    for (const sequence of sequences) this.#missing.confirmed(sequence, nowMs);
    if (this.#isOwnKind || this.#missing.firstConfirmed() === undefined) return;
    this.#nudgeDueMs = Math.min(this.#nudgeDueMs, nowMs + nudgeMs);
  }

  /** The first packet heard of a source is the first that is wanted. */
  #begin(sequence: number, from: Uint8Array, nowMs: number): ReceiveWindow {
    this.#nla ??= from.slice();
    this.#spmrDueMs = nowMs + spmrMs;
    return new ReceiveWindow(sequence, this.#options.limits);
  }

  #addMissing(first: number, end: number, nowMs: number): void {
    const count = distance(first, end);
    if (count > 0) this.#missing.add(first, count, nowMs);
  }

  /** The source is where nothing of the window is: what was between is lost. */
  #jump(window: ReceiveWindow, sequence: number, payload: Uint8Array): void {
    const packetCount = distance(window.next, sequence);
    this.#missing.clear();
    window.restart(sequence);
    window.take(sequence, payload);
    this.#loseMessage("jump", Math.max(0, packetCount));
  }

  /**
   * The source can repeat nothing before `trail`. It is believed as far as data has come: it says so
   * again with the next.
   */
  #applyTrail(window: ReceiveWindow, trail: number): void {
    const end = distance(window.dataEnd, trail) > 0 ? window.dataEnd : trail;
    while (distance(window.next, end) > 0) {
      this.#deliver(window);
      if (distance(window.next, end) <= 0) return;
      const held = window.firstHeldFrom(window.next);
      const target = held !== undefined && distance(held, end) > 0 ? held : end;
      this.#skipTo(window, target, "unrepairable");
    }
  }

  /** Gives up what is missing up to `last`. Behind the last data nothing is held up by it. */
  #giveUp(last: number, reason: GapReason): void {
    const window = this.#window;
    if (window === undefined) return;
    const isTail = distance(window.dataEnd, last) >= 0;
    if (isTail) {
      const packetCount = this.#missing.deleteFrom(window.dataEnd);
      window.forgetTail();
      this.#options.gap(this.#options.tsi, reason, packetCount);
    }
    const end = isTail ? window.dataEnd : plus(last, 1);
    while (distance(window.next, end) > 0) {
      const target = window.firstHeldFrom(window.next) ?? end;
      if (target !== window.next) this.#skipTo(window, target, reason);
      this.#deliver(window);
    }
  }

  #skipTo(window: ReceiveWindow, sequence: number, reason: GapReason): void {
    const packetCount = this.#missing.deleteBefore(sequence);
    window.skipTo(sequence);
    this.#loseMessage(reason, packetCount);
  }

  /** What is under way of a message can no longer be completed. */
  #loseMessage(reason: GapReason, packetCount: number): void {
    this.#reader.reset();
    this.#options.gap(this.#options.tsi, reason, packetCount);
  }

  #deliver(window: ReceiveWindow): void {
    for (let payload = window.shift(); payload !== undefined; payload = window.shift()) {
      if (this.#reader.push(payload) !== undefined) this.#loseMessage("malformed", 0);
    }
    if (this.#finishAt === undefined || distance(window.next, this.#finishAt) > 0) return;
    if (this.#isFinished) return;
    this.#isFinished = true;
    this.#options.finished(this.#options.tsi);
  }

  /** Ours hear what is sent to the group; others, and one of ours that seems not to, what is sent to it alone. */
  #sendNak(sequences: readonly number[]): void {
    const { tsi, port, group, send } = this.#options;
    const nla = this.#nla;
    if (nla === undefined) return;
    const nak = writeNak({ kind: "nak", tsi, port, sequences, nla, group });
    this.#unansweredNaks += 1;
    const isUnheard = this.#unansweredNaks > groupNaksMax;
    if (this.#isOwnKind) send(nak, "group");
    if (!this.#isOwnKind || isUnheard) send(nak, nla);
  }

  #askForSpm(): void {
    const { tsi, port, send } = this.#options;
    this.#spmrDueMs = Number.POSITIVE_INFINITY;
    send(
      writeSpmr({ kind: "spmr", tsi, port }),
      this.#isOwnKind || this.#nla === undefined ? "group" : this.#nla,
    );
  }

  #nudge(nowMs: number): void {
    const sequence = this.#missing.firstConfirmed();
    if (sequence === undefined || this.#nudgeCount >= nudgesMax) {
      this.#nudgeDueMs = Number.POSITIVE_INFINITY;
      return;
    }
    this.#nudgeCount += 1;
    this.#nudgeDueMs = nowMs + nudgeMs;
    this.#sendNak([sequence]);
  }
}
