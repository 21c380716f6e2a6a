/** Inquiry: what a receiver sends about one source: requests for an SPM, and for what is missing. */
import type { Missing, RepairTimes } from "./missing.ts";
import { sequencesPerNak } from "./packet.ts";
import { writeNak, writeSpmr } from "./packet-writer.ts";
import { isOwnKind, type Tsi } from "./tsi.ts";

/** Of sources of ours: they answer at once. */
const ownTimes: RepairTimes = { backOffMs: 10, ncfMs: 50, dataMs: 100, retriesMax: 60 };

/** Of libzmq's, as its own receivers have them. */
const foreignTimes: RepairTimes = { backOffMs: 20, ncfMs: 200, dataMs: 200, retriesMax: 50 };

/** libzmq sends one repair each time it wakes up; a NAK wakes it, so often, and so often in a row. */
const nudgeMs = 2;
const nudgesMax = 200;

/** One of ours that leaves NAKs to the group unanswered so often is sent them alone too. */
const groupRoundsMax = 3;

/** A source whose first packet was not an SPM is asked for one after this long. */
const spmrMs = 25;

export interface InquiryOptions {
  readonly tsi: Tsi;
  readonly port: number;
  readonly group: Uint8Array;
  readonly send: (bytes: Uint8Array, to: Uint8Array | "group") => void;
}

/** How long to wait for a source's answers. */
export function repairTimesOf(tsi: Tsi): RepairTimes {
  return isOwnKind(tsi) ? ownTimes : foreignTimes;
}

export class Inquiry {
  readonly #options: InquiryOptions;
  readonly #missing: Missing;
  readonly #isOwnKind: boolean;
  /** Where it is sent NAKs: the address it came from, until an SPM names one. */
  #nla: Uint8Array;
  #spmrDueMs = Number.POSITIVE_INFINITY;
  #nudgeDueMs = Number.POSITIVE_INFINITY;
  #nudgeCount = 0;
  #unansweredRounds = 0;

  /** @param from The address of whoever sent the source's first packet. */
  constructor(options: InquiryOptions, missing: Missing, from: Uint8Array) {
    this.#options = options;
    this.#missing = missing;
    this.#isOwnKind = isOwnKind(options.tsi);
    this.#nla = from.slice();
  }

  get deadlineMs(): number {
    return Math.min(this.#missing.deadlineMs, this.#spmrDueMs, this.#nudgeDueMs);
  }

  /** The source is known only by its data. */
  spmWanted(nowMs: number): void {
    this.#spmrDueMs = nowMs + spmrMs;
  }

  /** Another receiver has asked for an SPM: it goes to all. */
  spmAsked(): void {
    this.#spmrDueMs = Number.POSITIVE_INFINITY;
  }

  /** @param nla The address that it names, which may be none. @param from The one it came from. */
  spmCame(nla: Uint8Array, from: Uint8Array): void {
    this.#spmrDueMs = Number.POSITIVE_INFINITY;
    this.#nla = (isHost(nla) ? nla : from).slice();
  }

  dataCame(): void {
    this.#nudgeCount = 0;
    this.#unansweredRounds = 0;
  }

  ncfCame(nowMs: number): void {
    this.#unansweredRounds = 0;
    if (this.#isOwnKind || this.#missing.firstConfirmed() === undefined) return;
    this.#nudgeDueMs = Math.min(this.#nudgeDueMs, nowMs + nudgeMs);
  }

  /** @returns The highest sequence number that is not worth asking for any more, if any. */
  wake(nowMs: number): number | undefined {
    if (this.#spmrDueMs <= nowMs) this.#askForSpm();
    const { asked, hopeless } = this.#missing.due(nowMs);
    if (asked.length > 0) this.#unansweredRounds += 1;
    for (let at = 0; at < asked.length; at += sequencesPerNak) {
      this.#askFor(asked.slice(at, at + sequencesPerNak));
    }
    if (this.#nudgeDueMs <= nowMs) this.#nudge(nowMs);
    return hopeless;
  }

  /** Ours hear what is sent to the group; others, and one of ours that seems not to, what is sent to it alone. */
  #askFor(sequences: readonly number[]): void {
    const { tsi, port, group, send } = this.#options;
    const nak = writeNak({ kind: "nak", tsi, port, sequences, nla: this.#nla, group });
    if (this.#isOwnKind) send(nak, "group");
    if (!this.#isOwnKind || this.#unansweredRounds > groupRoundsMax) send(nak, this.#nla);
  }

  #askForSpm(): void {
    const { tsi, port, send } = this.#options;
    this.#spmrDueMs = Number.POSITIVE_INFINITY;
    send(writeSpmr({ kind: "spmr", tsi, port }), this.#isOwnKind ? "group" : this.#nla);
  }

  #nudge(nowMs: number): void {
    const sequence = this.#missing.firstConfirmed();
    if (sequence === undefined || this.#nudgeCount >= nudgesMax) {
      this.#nudgeDueMs = Number.POSITIVE_INFINITY;
      return;
    }
    this.#nudgeCount += 1;
    this.#nudgeDueMs = nowMs + nudgeMs;
    this.#askFor([sequence]);
  }
}

/** Whether an address may be that of a single host: not 0, and no multicast group. */
function isHost(address: Uint8Array): boolean {
  const first = address[0] ?? 0;
  const isMulticast = address.length === 4 ? first >= 0xe0 : first === 0xff;
  return !isMulticast && address.some((byte) => byte !== 0);
}
