/**
 * Receiver: the receiving side of EPGM on one group, as a machine. It tells the sources apart, has
 * what is missing repeated, and hands on whole messages, those of each source in their order.
 *
 * Source: RFC 3208, section 6, with the choices of libzmq 4.3.4.
 */
import type { Machine } from "../machine.ts";
import type { IncomingDatagram, SendDatagram } from "./datagram.ts";
import type { MalformedReason, PgmPacket } from "./packet.ts";
import { readPacket } from "./packet-reader.ts";
import { type GapReason, type SessionLimits, SourceSession } from "./source-session.ts";
import type { Tsi } from "./tsi.ts";

export interface ReceiverOptions {
  /** The endpoint's port: of UDP, and of PGM for all but the source. */
  readonly port: number;
  readonly group: Uint8Array;
  /** From 0 up to, but not, 1. */
  readonly random: () => number;
  /** Of this process: what its own sources send is not received. */
  readonly ownGsi: number | undefined;
  readonly limits: ReceiverLimits;
}

export interface ReceiverLimits extends SessionLimits {
  /** How many sources are followed; a new one takes the place of the one heard of longest ago. */
  readonly sourcesMax: number;
  /** What may be kept of all sources together. */
  readonly heldBytesMax: number;
}

export type ReceiverOutput =
  | SendDatagram
  | { readonly kind: "message"; readonly tsi: Tsi; readonly parts: readonly Uint8Array[] }
  /** Packets of a source are lost for good, with the messages they belonged to. */
  | {
      readonly kind: "gap";
      readonly tsi: Tsi;
      readonly reason: GapReason;
      readonly packetCount: number;
    }
  /** The source has closed, and all it sent has been handed on or given up. */
  | { readonly kind: "finished"; readonly tsi: Tsi }
  /** A datagram was no packet. */
  | { readonly kind: "malformed"; readonly reason: MalformedReason };

/** What a channel has received that was of no use. */
export interface ReceiverCounts {
  readonly malformed: Readonly<Partial<Record<MalformedReason, number>>>;
  /** Sources that were dropped to make room for others. */
  readonly evictedSources: number;
  /** Packets of this process's own, which come back where multicast works, and are passed over. */
  readonly ownPackets: number;
}

export class EpgmReceiver implements Machine<IncomingDatagram, ReceiverOutput> {
  readonly #options: ReceiverOptions;
  readonly #outputs: ReceiverOutput[] = [];
  /** By GSI, then by the source's port. */
  readonly #sessions = new Map<number, Map<number, SourceSession>>();
  readonly #malformed: Partial<Record<MalformedReason, number>> = {};
  #sessionCount = 0;
  #heldBytes = 0;
  #evictedCount = 0;
  #ownCount = 0;
  #isClosed = false;
  /** No session is due before; perhaps none is due then either. */
  #deadlineMs = Number.POSITIVE_INFINITY;

  constructor(options: ReceiverOptions) {
    this.#options = options;
  }

  get counts(): ReceiverCounts {
    return {
      malformed: this.#malformed,
      evictedSources: this.#evictedCount,
      ownPackets: this.#ownCount,
    };
  }

  /** The sources that are heard, and of which more is to come. */
  get openSources(): Iterable<Tsi> {
    return [...this.#all()].flatMap((session) => (session.isFinished ? [] : session.tsi));
  }

  /** The sequence number of the next packet that is handed on; undefined for a source unheard of. */
  nextSequence({ gsi, port }: Tsi): number | undefined {
    return this.#sessions.get(gsi)?.get(port)?.nextSequence;
  }

  get sourceCount(): number {
    return this.#sessionCount;
  }

  /** How many bytes are kept of packets and messages that are not complete, and of what is missing. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  receive({ bytes, from }: IncomingDatagram, nowMs: number): void {
    if (this.#isClosed) return;
    const packet = readPacket(bytes);
    if (packet.kind === "malformed") {
      this.#malformed[packet.reason] = (this.#malformed[packet.reason] ?? 0) + 1;
      this.#outputs.push({ kind: "malformed", reason: packet.reason });
      return;
    }
    if (packet.tsi.gsi === this.#options.ownGsi) {
      this.#ownCount += 1;
      return;
    }
    if (packet.port !== this.#options.port) return;
    const session = this.#session(packet, from, nowMs);
    if (session === undefined) return;
    const bytesBefore = session.heldBytes;
    session.take(packet, from, nowMs);
    this.#heldBytes += session.heldBytes - bytesBefore;
    this.#deadlineMs = Math.min(this.#deadlineMs, session.deadlineMs);
    this.#shrink();
  }

  wake(nowMs: number): void {
    if (this.#isClosed || nowMs < this.#deadlineMs) return;
    this.#deadlineMs = Number.POSITIVE_INFINITY;
    for (const [gsi, sessions] of this.#sessions) {
      for (const [port, session] of sessions) {
        if (session.isExpired(nowMs)) {
          this.#forget({ gsi, port });
          continue;
        }
        const bytesBefore = session.heldBytes;
        if (session.deadlineMs <= nowMs) session.wake(nowMs);
        this.#heldBytes += session.heldBytes - bytesBefore;
        this.#deadlineMs = Math.min(this.#deadlineMs, session.deadlineMs);
      }
    }
    this.#shrink();
  }

  /** Nothing is received any more. */
  close(): void {
    this.#isClosed = true;
    this.#sessions.clear();
    this.#sessionCount = 0;
    this.#heldBytes = 0;
  }

  drain(): ReceiverOutput[] {
    return this.#outputs.splice(0);
  }

  get deadlineMs(): number | undefined {
    return this.#sessionCount === 0 ? undefined : this.#deadlineMs;
  }

  *#all(): Generator<SourceSession> {
    for (const sessions of this.#sessions.values()) yield* sessions.values();
  }

  /** Only what a source itself sends to all makes it known; a repair may be one of long ago. */
  #session({ kind, tsi }: PgmPacket, from: Uint8Array, nowMs: number): SourceSession | undefined {
    const known = this.#sessions.get(tsi.gsi)?.get(tsi.port);
    if (known !== undefined || (kind !== "spm" && kind !== "odata")) return known;
    if (this.#sessionCount >= this.#options.limits.sourcesMax) this.#evict();
    const sessions = this.#sessions.get(tsi.gsi) ?? new Map<number, SourceSession>();
    this.#sessions.set(tsi.gsi, sessions);
    const session = this.#makeSession(tsi, from, nowMs);
    sessions.set(tsi.port, session);
    this.#sessionCount += 1;
    return session;
  }

  #makeSession(tsi: Tsi, from: Uint8Array, nowMs: number): SourceSession {
    const { port, group, random, limits } = this.#options;
    const outputs = this.#outputs;
    return new SourceSession(
      {
        tsi,
        port,
        group,
        random,
        limits,
        send: (bytes, to) => outputs.push({ kind: "send", bytes, to }),
        message: (of, parts) => outputs.push({ kind: "message", tsi: of, parts }),
        gap: (of, reason, packetCount) =>
          outputs.push({ kind: "gap", tsi: of, reason, packetCount }),
        finished: (of) => outputs.push({ kind: "finished", tsi: of }),
      },
      from,
      nowMs,
    );
  }

  /** First goes a source of which no message has come, then the one heard of longest ago. */
  #evict(): void {
    let chosen: { readonly session: SourceSession; readonly tsi: Tsi } | undefined;
    for (const [gsi, sessions] of this.#sessions) {
      for (const [port, session] of sessions) {
        if (chosen !== undefined && !goesBefore(session, chosen.session)) continue;
        chosen = { session, tsi: { gsi, port } };
      }
    }
    if (chosen === undefined) return;
    this.#forget(chosen.tsi);
    this.#evictedCount += 1;
  }

  #forget({ gsi, port }: Tsi): void {
    const sessions = this.#sessions.get(gsi);
    const session = sessions?.get(port);
    if (sessions === undefined || session === undefined) return;
    this.#heldBytes -= session.heldBytes;
    session.end();
    sessions.delete(port);
    if (sessions.size === 0) this.#sessions.delete(gsi);
    this.#sessionCount -= 1;
  }

  /** While too much is kept, the source of which most is kept does without what it is missing. */
  #shrink(): void {
    while (this.#heldBytes > this.#options.limits.heldBytesMax) {
      let largest: SourceSession | undefined;
      for (const session of this.#all()) {
        if (largest === undefined || session.heldBytes > largest.heldBytes) largest = session;
      }
      if (largest === undefined) return;
      const bytesBefore = largest.heldBytes;
      const hasGivenUp = largest.shrink();
      this.#heldBytes += largest.heldBytes - bytesBefore;
      if (!hasGivenUp) return;
    }
  }
}

function goesBefore(left: SourceSession, right: SourceSession): boolean {
  if (left.isProven !== right.isProven) return !left.isProven;
  return left.heardMs < right.heardMs;
}
