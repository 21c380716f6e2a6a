/**
 * Source session: what a receiver knows of one source: its window, what is missing of it, its address,
 * and the message under way.
 */
import { type Claim, Doubt } from "./doubt.ts";
import { Inquiry, type InquiryOptions, repairTimesOf } from "./inquiry.ts";
import { Missing } from "./missing.ts";
import type { Data, Nak, PgmPacket, Spm } from "./packet.ts";
import { type ReceiveLimits, ReceiveWindow } from "./receive-window.ts";
import { distance, plus } from "./sequence.ts";
import { SpmFilter } from "./spm-filter.ts";
import { type StreamLimits, StreamReader } from "./stream-reader.ts";
import type { Tsi } from "./tsi.ts";

/** A source is forgotten so long after its last packet. */
const expiryMs = 300_000;

/** One packet that skips so many is not believed at once: it costs much to know of each that is missing. */
const leapMax = 1_024;

/** Data so many packets behind may be late, or come again; farther behind there are none. */
const lateMax = 65_536;

export interface SessionLimits extends ReceiveLimits, StreamLimits {}

/**
 * What is lost for good, and why.
 * - `unrepairable`: the source no longer has it. - `unanswered`: the source did not answer.
 * - `overrun`: too much waited for it. - `jump`: the source went on far from where it was.
 * - `malformed`: the stream makes no sense. - `oversized`: a message is longer, or has more parts, than
 *   is taken. - `gone`: the source was not heard of any more, without having closed, or gave way.
 */
export type GapReason =
  | "unrepairable"
  | "unanswered"
  | "overrun"
  | "jump"
  | "malformed"
  | "oversized"
  | "gone";

export interface SessionOptions extends InquiryOptions {
  readonly limits: SessionLimits;
  readonly random: () => number;
  readonly message: (tsi: Tsi, parts: Uint8Array[]) => void;
  /**
   * @param packetCount How many packets are missing; 0 if a message was cut for another reason, if they
   *   have been counted before, or where nobody can say.
   */
  readonly gap: (tsi: Tsi, reason: GapReason, packetCount: number) => void;
  readonly finished: (tsi: Tsi) => void;
}

export class SourceSession {
  readonly #options: SessionOptions;
  readonly #reader: StreamReader;
  readonly #missing: Missing;
  readonly #doubt: Doubt;
  readonly #spmFilter = new SpmFilter();
  readonly #inquiry: Inquiry;
  /** undefined until the first packet says where to begin. */
  #window: ReceiveWindow | undefined;
  #heardMs: number;
  /** One after the last packet, once the source has said that it closes. */
  #finishAt: number | undefined;
  #isFinished = false;
  #messageCount = 0;
  /** What the last gap was told for, and whether no message has come since. */
  #toldReason: GapReason = "unanswered";
  #isTold = false;

  /** @param from The address of whoever sent its first packet. */
  constructor(options: SessionOptions, from: Uint8Array, nowMs: number) {
    this.#options = options;
    this.#heardMs = nowMs;
    this.#missing = new Missing(repairTimesOf(options.tsi), options.random);
    this.#inquiry = new Inquiry(options, this.#missing, from);
    this.#doubt = new Doubt(options.limits.packetsMax);
    this.#reader = new StreamReader(options.limits, (parts) => {
      this.#messageCount += 1;
      this.#isTold = false;
      options.message(options.tsi, parts);
    });
  }

  get tsi(): Tsi {
    return this.#options.tsi;
  }

  /** Whether it has closed, and all it sent has come or was given up. */
  get isFinished(): boolean {
    return this.#isFinished;
  }

  /** The sequence number of the next packet that is handed on; undefined before the first packet. */
  get nextSequence(): number | undefined {
    return this.#window?.next;
  }

  /** Whether a whole message has come from it: a forger of sessions does not trouble to send one. */
  get isProven(): boolean {
    return this.#messageCount > 0;
  }

  get heardMs(): number {
    return this.#heardMs;
  }

  /** How many bytes are kept: packets that wait, the message under way, and what is missing. */
  get heldBytes(): number {
    return (this.#window?.bytes ?? 0) + this.#reader.heldBytes + this.#missing.bytes;
  }

  get missingCount(): number {
    return this.#missing.size;
  }

  get deadlineMs(): number {
    return Math.min(this.#inquiry.deadlineMs, this.#heardMs + expiryMs);
  }

  isExpired(nowMs: number): boolean {
    return nowMs >= this.#heardMs + expiryMs;
  }

  /** Takes a packet about this source, from it or from another receiver. */
  take(packet: PgmPacket, from: Uint8Array, nowMs: number): void {
    switch (packet.kind) {
      case "spm":
        this.#takeSpm(packet, from, nowMs);
        break;
      case "odata":
      case "rdata":
        this.#takeData(packet, nowMs);
        break;
      case "ncf":
        this.#takeNcf(packet, nowMs);
        break;
      case "nak":
        for (const sequence of packet.sequences) this.#missing.askedByOther(sequence, nowMs);
        break;
      case "spmr":
        this.#inquiry.spmAsked();
        break;
      default:
        packet satisfies never;
    }
  }

  wake(nowMs: number): void {
    const hopeless = this.#inquiry.wake(nowMs);
    if (hopeless !== undefined) this.#giveUpBefore(plus(hopeless, 1), "unanswered");
  }

  /**
   * The memory is short: gives up as little as it can. What waited may become part of a message under
   * way, so that it takes several times until there is less.
   * @returns false if there is nothing to give up.
   */
  shrink(): boolean {
    const window = this.#window;
    if (window === undefined) return false;
    if (window.bytes > 0) this.#giveUpFirstGap(window);
    else if (this.#missing.size > 0) this.#giveUpBefore(window.end, "overrun");
    else if (this.#reader.isMidMessage) this.#loseMessage("overrun", 0);
    else return false;
    return true;
  }

  /**
   * It is not followed any more: what is missing, or not complete, will not come. Nor can anybody say
   * what a source that has not closed may have sent since.
   */
  end(): void {
    const isMissing = this.#missing.size > 0;
    if (this.#window !== undefined) this.#giveUpBefore(this.#window.end, "gone");
    if (isMissing) return;
    // One that has closed may have done so in the middle of a message.
    const mayHaveMore = this.isProven && !this.#isFinished;
    if (mayHaveMore || this.#reader.isMidMessage) this.#loseMessage("gone", 0);
  }

  #takeSpm(spm: Spm, from: Uint8Array, nowMs: number): void {
    const end = plus(spm.lead, 1);
    // A source has nothing to repeat that it has not sent.
    if (distance(end, spm.trail) > 0 || !this.#spmFilter.accepts(spm.sequence)) return;
    this.#heardMs = nowMs;
    this.#inquiry.spmCame(spm.nla, from);
    // Whoever joins late does not ask for what was before.
    this.#window ??= new ReceiveWindow(end, this.#options.limits);
    const window = this.#window;
    if (distance(window.next, end) < 0 || this.#isTooFar(window, end)) {
      this.#contradict(window, { sequence: end, payload: undefined }, nowMs, true);
      return;
    }
    this.#doubt.settle();
    this.#applyLead(window, end, nowMs);
    if (!this.#isFinished) this.#finishAt = spm.fin ? end : undefined;
    this.#giveUpBefore(spm.trail, "unrepairable");
  }

  /** The source has sent all before `end`, and nothing from there on. */
  #applyLead(window: ReceiveWindow, end: number, nowMs: number): void {
    if (distance(window.end, end) >= 0) {
      this.#extendTo(window, end, nowMs);
      return;
    }
    // Data may overtake an SPM, but not so that the very next packet is the one that is not there.
    if (window.has(end)) return;
    window.trimTo(end);
    this.#missing.deleteFrom(end);
  }

  #extendTo(window: ReceiveWindow, end: number, nowMs: number): void {
    this.#missing.add(window.end, end, nowMs);
    window.extendTo(end);
  }

  #isTooFar(window: ReceiveWindow, end: number): boolean {
    return !window.reaches(end) || distance(window.end, end) > leapMax;
  }

  #takeData(data: Data, nowMs: number): void {
    const { kind, sequence, trail, payload } = data;
    if (distance(sequence, trail) > 0) return;
    const window = this.#window ?? this.#begin(data, nowMs);
    if (window === undefined) return;
    const behind = distance(sequence, window.next);
    if (behind > 0 || this.#isTooFar(window, plus(sequence, 1))) {
      // A repair may be of anything that was ever sent, and be for somebody else; new data are not.
      const mayBeLate = behind > 0 && behind < lateMax;
      if (kind === "odata") this.#contradict(window, { sequence, payload }, nowMs, mayBeLate);
    } else if (window.wants(sequence)) {
      this.#doubt.settle();
      this.#accept(window, sequence, payload, nowMs);
      this.#giveUpBefore(trail, "unrepairable");
    }
  }

  /** Takes data that are wanted, or wait for others that are. */
  #accept(window: ReceiveWindow, sequence: number, payload: Uint8Array, nowMs: number): void {
    this.#heardMs = nowMs;
    this.#inquiry.dataCame();
    if (!this.#missing.delete(sequence)) this.#missing.add(window.end, sequence, nowMs);
    if (window.take(sequence, payload) === "next") this.#read(payload);
    this.#advance(window);
    while (window.isFull) this.#giveUpFirstGap(window);
  }

  #takeNcf({ sequences }: Nak, nowMs: number): void {
    // Of what is not missed nothing is learnt: the repair itself is on its way to all.
    for (const sequence of sequences) this.#missing.confirmed(sequence, nowMs);
    this.#inquiry.ncfCame(nowMs);
  }

  /** The first new data heard of a source are the first that are wanted; a repair is for others. */
  #begin({ kind, sequence }: Data, nowMs: number): ReceiveWindow | undefined {
    if (kind === "rdata") return undefined;
    this.#inquiry.spmWanted(nowMs);
    this.#window = new ReceiveWindow(sequence, this.#options.limits);
    return this.#window;
  }

  #contradict(window: ReceiveWindow, claim: Claim, nowMs: number, mayBeLate: boolean): void {
    const claims = this.#doubt.add(claim, nowMs, mayBeLate);
    const first = claims?.at(0);
    const last = claims?.at(-1);
    if (claims === undefined || first === undefined || last === undefined) return;
    this.#moveTo(window, first.sequence, plus(last.sequence, 1));
    for (const { sequence, payload } of claims) {
      if (payload === undefined) this.#extendTo(window, sequence, nowMs);
      else if (window.wants(sequence)) this.#accept(window, sequence, payload, nowMs);
    }
  }

  /** The source is at `first` to before `end`, where the window does not reach. */
  #moveTo(window: ReceiveWindow, first: number, end: number): void {
    const start = window.startFor(end);
    const isAhead = distance(window.next, first) > 0;
    if (isAhead) {
      const isNear = distance(start, window.dataEnd) >= 0;
      this.#giveUpBefore(isNear ? start : window.dataEnd, "overrun");
      if (window.reaches(end)) return;
    }
    const packetCount = isAhead ? this.#missing.size + distance(window.end, first) : 0;
    this.#missing.clear();
    window.restart(distance(start, first) > 0 ? first : start);
    this.#loseMessage("jump", packetCount);
  }

  #giveUpFirstGap(window: ReceiveWindow): void {
    let held = window.next;
    while (!window.has(held)) held = plus(held, 1);
    this.#giveUpBefore(held, "overrun");
  }

  /**
   * Hands on all that can be; what is missing before `end` is not waited for any more. Where data have
   * come after it, it is passed over. At the tail it is left open, in case it comes after all.
   */
  #giveUpBefore(end: number, reason: GapReason): void {
    const window = this.#window;
    if (window === undefined) return;
    this.#advance(window);
    let at = window.next;
    while (this.#missing.size > 0 && distance(at, end) > 0) {
      let packetCount = 0;
      for (; distance(at, end) > 0 && this.#missing.delete(at); at = plus(at, 1)) packetCount += 1;
      if (packetCount === 0) {
        at = plus(at, 1);
        continue;
      }
      this.#tell(reason, packetCount);
      this.#advance(window);
    }
    this.#finish(window);
  }

  /** Hands on what has come, up to the next that is missing. */
  #advance(window: ReceiveWindow): void {
    for (;;) {
      const payload = window.shift();
      if (payload !== undefined) {
        this.#read(payload);
      } else if (distance(window.next, window.dataEnd) > 0 && !this.#missing.has(window.next)) {
        // Given up, and told so; but a part of what was given up at the tail may have come since.
        window.passOver();
        this.#reader.reset();
        if (!this.#isTold) this.#tell(this.#toldReason, 0);
      } else {
        return;
      }
    }
  }

  #read(payload: Uint8Array): void {
    const fault = this.#reader.push(payload);
    if (fault === undefined) return;
    this.#tell(fault === "frame" ? "malformed" : "oversized", 0);
  }

  #finish(window: ReceiveWindow): void {
    const finishAt = this.#finishAt;
    if (finishAt === undefined || this.#isFinished || this.#missing.size > 0) return;
    if (window.end !== finishAt) return;
    this.#isFinished = true;
    this.#options.finished(this.#options.tsi);
  }

  /** What is under way of a message can no longer be completed. */
  #loseMessage(reason: GapReason, packetCount: number): void {
    this.#reader.reset();
    this.#tell(reason, packetCount);
  }

  #tell(reason: GapReason, packetCount: number): void {
    this.#toldReason = reason;
    this.#isTold = true;
    this.#options.gap(this.#options.tsi, reason, packetCount);
  }
}
