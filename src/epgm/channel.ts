/** Channel: one multicast group, to send to and to receive from, reliably. */
import { ClosedError, type TransportError, UsageError } from "../errors.ts";
import type { DropReason } from "../incident.ts";
import { systemClock } from "../io/clock.ts";
import { DatagramSocket } from "../io/datagram-socket.ts";
import { Drive } from "../io/drive.ts";
import type { MulticastInterface } from "../io/multicast-interface.ts";
import { Turn } from "../io/turn.ts";
import type { OptionTable } from "../options.ts";
import type { IncomingDatagram } from "../protocol/epgm/datagram.ts";
import { type MalformedReason, packetTypes } from "../protocol/epgm/packet.ts";
import { dataPayloadAt } from "../protocol/epgm/packet-writer.ts";
import { EpgmReceiver, type ReceiverOutput } from "../protocol/epgm/receiver.ts";
import {
  isSealed,
  type OpenFault,
  type PacketSeal,
  sealBytes,
} from "../protocol/epgm/sealed-packet.ts";
import { EpgmSource, type SourceOutput } from "../protocol/epgm/source.ts";
import type { GapReason } from "../protocol/epgm/source-session.ts";
import { formatTsi } from "../protocol/epgm/tsi.ts";
import type { WindowPool } from "../protocol/epgm/window-pool.ts";
import { formatIp, parseIp } from "../protocol/ip.ts";
import { BoundedQueue, completeQueueOptions, type Patience } from "../queue.ts";
import type { Wait } from "../wait.ts";
import { checkMessage, partsMax } from "./message.ts";
import {
  type ChannelCloseOptions,
  type CompleteEpgmOptions,
  checkClose,
  type EpgmChannelOptions,
} from "./options.ts";

/** The source itself holds little, so that the queue before it, which has a policy, is what fills. */
const sourceQueueBytesMax = 65_536;

const lingerMsDefault = 10_000;

/** A source of messages, as it names itself: another after each start. */
export type SourceId = string;

/** What a channel tells its owner. None of these may throw. */
export interface EpgmListener {
  /** A message has come, whole; its parts may be views of datagrams: copy what you keep for long. */
  readonly message?: (parts: readonly Uint8Array[], source: SourceId) => void;
  /** Packets of a source are lost for good, and with them the messages they belonged to. */
  readonly gap?: (gap: EpgmGap) => void;
  /** A source has closed, and all it sent has come or was given up. */
  readonly finished?: (source: SourceId) => void;
  /** A datagram was passed over: see `RefusedReason`. */
  readonly refused?: (reason: RefusedReason) => void;
  /** A message of one's own was dropped by the queue's policy, or because the channel was closed. */
  readonly dropped?: (parts: readonly Uint8Array[], reason: DropReason) => void;
  /** The system refused to send or to receive. */
  readonly failed?: (error: TransportError) => void;
}

export const epgmListenerTable: OptionTable<EpgmListener> = {
  message: "a function",
  gap: "a function",
  finished: "a function",
  refused: "a function",
  dropped: "a function",
  failed: "a function",
};

/**
 * Why a datagram was passed over.
 * - `unsealed`: it is not encrypted, though there is a group key. - `forged`: not with this group key.
 * - `sealed`: it is encrypted, and there is no group key to read it by.
 * - Others: it is no packet of EPGM.
 */
export type RefusedReason = "unsealed" | "forged" | "sealed" | MalformedReason;

/** What is lost of a source, for good. */
export interface EpgmGap {
  readonly source: SourceId;
  readonly reason: GapReason;
  /** How many packets are missing; 0 where a message was cut for another reason. */
  readonly packetCount: number;
}

/** What a channel needs of its node. */
export interface ChannelHome {
  readonly via: MulticastInterface;
  readonly options: CompleteEpgmOptions;
  readonly gsi: number;
  readonly pool: WindowPool;
  readonly random: () => number;
  readonly sender: DatagramSocket;
  /** Undefined without a group key. */
  makeSeal(): PacketSeal | undefined;
  /** A source's port that no other channel of the process has. */
  takePort(): number;
  /** The source hears what is sent to this host alone. */
  openSource(port: number, receive: (datagram: IncomingDatagram) => void): Promise<void>;
  forgetPort(port: number): void;
  channelClosed(channel: EpgmChannel): void;
}

/** A group that was joined, to send to and to receive from. */
export class EpgmChannel {
  /** The group's address. */
  readonly group: string;
  readonly #home: ChannelHome;
  readonly #listener: EpgmListener;
  readonly #receiver: EpgmReceiver;
  readonly #receiving: Drive<IncomingDatagram, ReceiverOutput>;
  readonly #queue: BoundedQueue<readonly Uint8Array[]>;
  readonly #seal: PacketSeal | undefined;
  readonly #refused = { unsealed: 0, forged: 0, sealed: 0 };
  readonly #turn = new Turn(() => this.#pump());
  #socket: DatagramSocket | undefined;
  #source: EpgmSource | undefined;
  #sending: Drive<IncomingDatagram, SourceOutput> | undefined;
  #sourcePort: number | undefined;
  #opening: Promise<void> | undefined;
  #closing: Promise<void> | undefined;
  #sourceClosed: (() => void) | undefined;
  #isForeign = false;
  #isReferenced = true;
  #graceMs: number | undefined;
  #isDraining = false;

  /** Joins the group. Use `EpgmNode.join`. */
  static async open(
    home: ChannelHome,
    group: string,
    listener: EpgmListener,
    options: EpgmChannelOptions,
  ): Promise<EpgmChannel> {
    const channel = new EpgmChannel(home, group, listener, options);
    await channel.#join();
    return channel;
  }

  private constructor(
    home: ChannelHome,
    group: string,
    listener: EpgmListener,
    options: EpgmChannelOptions,
  ) {
    this.group = group;
    this.#home = home;
    this.#seal = home.makeSeal();
    this.#listener = listener;
    const { port, messageBytesMax, windowPacketsMax, heldBytesMax, sourcesMax } = home.options;
    this.#receiver = new EpgmReceiver({
      port,
      group: this.#groupBytes,
      random: home.random,
      ownGsi: home.gsi,
      limits: {
        packetsMax: windowPacketsMax,
        bytesMax: heldBytesMax,
        heldBytesMax,
        messageBytesMax,
        partsMax,
        sourcesMax,
      },
    });
    this.#receiving = new Drive(this.#receiver, (output) => this.#attemptReceived(output));
    this.#queue = new BoundedQueue({
      what: `the queue of ${group}`,
      ...completeQueueOptions(options.queue),
      dropped: (parts, reason) => listener.dropped?.(parts, reason),
    });
  }

  /** How many messages wait to be sent. */
  get queueDepth(): number {
    return this.#queue.depth;
  }

  /** The sources that are heard, and have not closed. */
  get openSources(): SourceId[] {
    return [...this.#receiver.openSources].map(formatTsi);
  }

  /** How many sources are followed. */
  get sourceCount(): number {
    return this.#receiver.sourceCount;
  }

  /** What was received that was no packet, or not the group's, and sources that had to give way. */
  get received(): EpgmReceiver["counts"] &
    Readonly<Record<"unsealed" | "forged" | "sealed", number>> {
    return { ...this.#receiver.counts, ...this.#refused };
  }

  /** What was sent: packets, repairs, and what could not be repaired. Undefined while nothing was. */
  get sent(): EpgmSource["counts"] | undefined {
    return this.#source?.counts;
  }

  /** Its own name as a source, once it sends. */
  get source(): SourceId | undefined {
    const { gsi } = this.#home;
    return this.#sourcePort === undefined ? undefined : formatTsi({ gsi, port: this.#sourcePort });
  }

  /**
   * Whether all that `sender`, a channel of the same group, has sent so far has come here or was given
   * up; undefined while nothing of it is known here.
   */
  hasAllOf(sender: EpgmChannel): boolean | undefined {
    const { gsi } = sender.#home;
    if (sender.#sourcePort === undefined) return undefined;
    const next = this.#receiver.nextSequence({ gsi, port: sender.#sourcePort });
    return next === undefined ? undefined : next === sender.#source?.nextSequence;
  }

  /** Whether nothing waits to be sent. */
  get isIdle(): boolean {
    return this.#queue.depth === 0 && (this.#source?.queuedBytes ?? 0) === 0;
  }

  /** Whether receivers that are not ours listen: rate and bursts then stay within what libzmq's bear. */
  setForeign(isForeign: boolean): void {
    this.#isForeign = isForeign;
    this.#source?.setForeign(isForeign);
  }

  /**
   * Sends a message of one or more parts. Do not change the bytes afterwards.
   * @returns When it is in the queue: a promise where it has to wait for a place, by "block".
   * @throws {UsageError} if there is no part, or more than 1,024, if one is no Uint8Array, or if the
   *   message is longer than `messageBytesMax`.
   * @throws {ClosedError} after `close`.
   */
  async send(parts: readonly Uint8Array[], patience?: Patience): Promise<void> {
    checkMessage(parts, this.#home.options.messageBytesMax);
    await this.openSource();
    await this.offer(parts, patience);
  }

  /**
   * As `send`, for a channel whose source is open.
   * @returns undefined where the message is in the queue already.
   * @throws {ClosedError} after `close`.
   */
  offer(parts: readonly Uint8Array[], patience?: Patience): Wait {
    if (this.#closing !== undefined) throw this.#closedError();
    const wait = this.#queue.offer(parts, patience);
    this.#turn.ask();
    return wait;
  }

  /** Makes the channel known as a source before it sends anything. */
  openSource(): Promise<void> {
    if (this.#closing !== undefined) return Promise.reject(this.#closedError());
    this.#opening ??= this.#openSource();
    return this.#opening;
  }

  /**
   * Sends what is queued, repeats what is asked for during the grace time, and leaves the group.
   * @throws {UsageError} if an option is wrong.
   */
  async close(options: ChannelCloseOptions = {}): Promise<void> {
    checkClose(options);
    this.#closing ??= this.#close(options);
    await this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** Keeps the process alive while it is open; the default. */
  ref(): void {
    this.#isReferenced = true;
    this.#socket?.ref();
    this.#receiving.ref();
    this.#sending?.ref();
  }

  unref(): void {
    this.#isReferenced = false;
    this.#socket?.unref();
    this.#receiving.unref();
    this.#sending?.unref();
  }

  get #groupBytes(): Uint8Array {
    const bytes = parseIp(this.group);
    if (bytes === undefined) {
      throw new UsageError(`"${this.group}" is not an IP address`, {
        details: { group: this.group },
      });
    }
    return bytes;
  }

  async #join(): Promise<void> {
    const { via, options } = this.#home;
    this.#socket = await DatagramSocket.open({
      via,
      // Bound to the group it takes no unicast NAK from a source, and hears no other group. Windows
      // cannot bind one.
      address: process.platform === "win32" ? anyAddress(via) : this.group,
      port: options.port,
      group: this.group,
      receive: (bytes, from) => this.#receive({ bytes, from }),
      failed: (error) => this.#listener.failed?.(error),
    });
  }

  #receive(given: IncomingDatagram): void {
    const datagram = this.#opened(given);
    if (datagram === undefined) return;
    const type = datagram.bytes[4];
    // Upstream packets are of interest to receivers as well: they save NAKs of their own.
    if (type === packetTypes.nak || type === packetTypes.spmr) this.#sending?.receive(datagram);
    if (this.#listener.message !== undefined) this.#receiving.receive(datagram);
  }

  /** With a group key, only what was sealed with it. */
  #opened({ bytes, from }: IncomingDatagram): IncomingDatagram | undefined {
    if (this.#seal === undefined) {
      return isSealed(bytes) ? this.#refuse("sealed") : { bytes, from };
    }
    const opened = this.#seal.open(bytes);
    return typeof opened === "string" ? this.#refuse(opened) : { bytes: opened, from };
  }

  #refuse(reason: OpenFault | "sealed"): undefined {
    this.#refused[reason] += 1;
    this.#listener.refused?.(reason);
  }

  async #openSource(): Promise<void> {
    const { via, options, gsi, pool } = this.#home;
    const { port, bitsPerSecond, datagramBytesMax, windowMs, windowBytesMax, graceMs } = options;
    const sourcePort = this.#home.takePort();
    const nla = parseIp(via.address) ?? new Uint8Array(4);
    const source = new EpgmSource(
      {
        tsi: { gsi, port: sourcePort },
        port,
        nla,
        group: this.#groupBytes,
        bitsPerSecond,
        payloadBytesMax: datagramBytesMax - dataPayloadAt - (this.#seal ? sealBytes : 0),
        queueBytesMax: sourceQueueBytesMax,
        pool,
        window: { bytesMax: windowBytesMax, packetsMax: 2 ** 24, ageMsMax: windowMs },
        graceMs,
      },
      systemClock.nowMs(),
    );
    source.setForeign(this.#isForeign);
    const sending = new Drive(source, (output) => this.#performSent(output));
    if (!this.#isReferenced) sending.unref();
    try {
      await this.#home.openSource(sourcePort, (datagram) => sending.receive(datagram));
      // It may have been closed meanwhile.
      if (this.#closing !== undefined) throw this.#closedError();
    } catch (error) {
      this.#home.forgetPort(sourcePort);
      // Whoever asks again may have better luck: the port may be free then.
      this.#opening = undefined;
      throw error;
    }
    this.#sourcePort = sourcePort;
    this.#source = source;
    this.#sending = sending;
    source.start(systemClock.nowMs());
    sending.settle();
  }

  /** Brings the source what is queued, as much as it takes. */
  #pump(): void {
    const source = this.#source;
    if (source === undefined) return;
    while (source.takes()) {
      const parts = this.#queue.shift();
      if (parts === undefined) break;
      source.send(parts);
    }
    const nowMs = systemClock.nowMs();
    source.flush(nowMs);
    if (this.#isDraining && this.#queue.depth === 0) source.close(nowMs, this.#graceMs);
    this.#sending?.settle();
  }

  #performSent(output: SourceOutput): void {
    switch (output.kind) {
      case "send":
        this.#sendDatagram(output.bytes, output.to);
        break;
      case "room":
        this.#pump();
        break;
      case "closed":
        this.#sourceClosed?.();
        break;
      default:
        output satisfies never;
    }
  }

  /** A listener that throws misses nothing of what follows; its error is one that nobody has caught. */
  #attemptReceived(output: ReceiverOutput): void {
    try {
      this.#performReceived(output);
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
  }

  #performReceived(output: ReceiverOutput): void {
    switch (output.kind) {
      case "send":
        this.#sendDatagram(output.bytes, output.to);
        break;
      case "message":
        this.#listener.message?.(output.parts, formatTsi(output.tsi));
        break;
      case "gap": {
        const { tsi, reason, packetCount } = output;
        this.#listener.gap?.({ source: formatTsi(tsi), reason, packetCount });
        break;
      }
      case "finished":
        this.#listener.finished?.(formatTsi(output.tsi));
        break;
      case "malformed":
        this.#listener.refused?.(output.reason);
        break;
      default:
        output satisfies never;
    }
  }

  #sendDatagram(bytes: Uint8Array, to: Uint8Array | "group"): void {
    const { sender, options } = this.#home;
    const sent = this.#seal?.seal(bytes) ?? bytes;
    sender.send(sent, to === "group" ? this.group : formatIp(to), options.port);
  }

  async #close({ lingerMs = lingerMsDefault, graceMs }: ChannelCloseOptions): Promise<void> {
    this.#graceMs = graceMs;
    const source = this.#source;
    if (source !== undefined) {
      const deadline = new Promise<void>((resolve) => {
        const timer = systemClock.startTimer(
          lingerMs + (graceMs ?? this.#home.options.graceMs),
          resolve,
        );
        this.#sourceClosed = () => {
          timer.cancel();
          resolve();
        };
      });
      this.#isDraining = true;
      this.#pump();
      await deadline;
    }
    this.#turn.cancel();
    const unsent = source?.abandon(systemClock.nowMs()) ?? [];
    this.#sending?.settle();
    for (const parts of [...unsent, ...this.#queue.clear(this.#closedError())]) {
      this.#listener.dropped?.(parts, "closed");
    }
    this.#sending?.stop();
    this.#receiving.stop();
    this.#receiver.close();
    await this.#socket?.close();
    if (this.#sourcePort !== undefined) this.#home.forgetPort(this.#sourcePort);
    this.#home.channelClosed(this);
  }

  #closedError(): ClosedError {
    return new ClosedError(`the channel of ${this.group} is closed`, {
      details: { group: this.group },
    });
  }
}

function anyAddress({ family }: MulticastInterface): string {
  return family === "IPv4" ? "0.0.0.0" : "::";
}
