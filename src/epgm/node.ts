/** Node: what the channels of one process on one interface and port share. */
import { describe } from "../describe.ts";
import { ClosedError, type TransportError, UsageError } from "../errors.ts";
import { checkFunction } from "../given.ts";
import { systemClock } from "../io/clock.ts";
import { DatagramSocket } from "../io/datagram-socket.ts";
import { randomUint32 } from "../io/entropy.ts";
import { findMulticastInterface, type MulticastInterface } from "../io/multicast-interface.ts";
import { sealCryptoOf } from "../io/seal-crypto.ts";
import { checkOptions } from "../options.ts";
import type { IncomingDatagram } from "../protocol/epgm/datagram.ts";
import { NakRelay } from "../protocol/epgm/nak-relay.ts";
import { readPacket } from "../protocol/epgm/packet-reader.ts";
import { PacketSeal } from "../protocol/epgm/sealed-packet.ts";
import { makeGsi } from "../protocol/epgm/tsi.ts";
import { WindowPool } from "../protocol/epgm/window-pool.ts";
import { formatIp, isMulticastIp, parseIp } from "../protocol/ip.ts";
import { type ChannelHome, EpgmChannel, type EpgmListener, epgmListenerTable } from "./channel.ts";
import {
  type ChannelCloseOptions,
  type CompleteEpgmOptions,
  checkClose,
  completeEpgmOptions,
  type EpgmChannelOptions,
  type EpgmOptions,
  epgmChannelOptionTable,
  epgmOptionTable,
} from "./options.ts";

/** A group by which the interface is found when none is named. */
const sampleGroups = { IPv4: "239.255.0.1", IPv6: "ff15::1" } as const;

/** One network interface and one UDP port, for all channels of a program. */
export class EpgmNode {
  /** By which network interface it sends and receives. */
  readonly interface: MulticastInterface;
  readonly #options: CompleteEpgmOptions;
  readonly #gsi = makeGsi(randomUint32());
  readonly #pool: WindowPool;
  readonly #sender: DatagramSocket;
  readonly #seal: PacketSeal | undefined;
  readonly #relay = new NakRelay();
  readonly #channels = new Set<EpgmChannel>();
  readonly #joining = new Set<Promise<EpgmChannel>>();
  readonly #sources = new Map<number, ((datagram: IncomingDatagram) => void) | undefined>();
  readonly #failed: (error: TransportError) => void;
  #nakSocket: Promise<DatagramSocket> | undefined;
  #closing: Promise<void> | undefined;
  #isReferenced = true;

  /**
   * @param failed Told when the system refuses to send what belongs to no channel.
   * @throws {UsageError} on an option that cannot be, or an interface that is not there.
   * @throws {TransportError} if the system gives no socket.
   */
  static async open(
    options: EpgmOptions = {},
    failed: (error: TransportError) => void = () => {},
  ): Promise<EpgmNode> {
    checkOptions("openEpgm", options, epgmOptionTable);
    checkFunction("what was given to openEpgm for failures", failed);
    const complete = completeEpgmOptions(options);
    const via = await findMulticastInterface(options.interface, sampleGroups[complete.family]);
    const { hops } = complete;
    const sender = await DatagramSocket.open({ via, address: via.address, port: 0, hops, failed });
    return new EpgmNode(complete, via, sender, failed);
  }

  private constructor(
    options: CompleteEpgmOptions,
    via: MulticastInterface,
    sender: DatagramSocket,
    failed: (error: TransportError) => void,
  ) {
    this.interface = via;
    this.#options = options;
    this.#pool = new WindowPool(options.windowBytesMax);
    this.#seal = makeSeal(options);
    this.#sender = sender;
    this.#failed = failed;
  }

  /** Open channels. */
  get channels(): Iterable<EpgmChannel> {
    return this.#channels;
  }

  /**
   * Joins a group. Without a `message` in the listener nothing is received.
   * @throws {UsageError} if `group` is no multicast address of the node's family.
   * @throws {TransportError} if the system does not let it join; the message says what to do.
   */
  async join(
    group: string,
    listener: EpgmListener = {},
    options: EpgmChannelOptions = {},
  ): Promise<EpgmChannel> {
    checkOptions("join", options, epgmChannelOptionTable);
    checkOptions("join's listener", listener, epgmListenerTable);
    if (this.#closing !== undefined) throw new ClosedError("the EPGM node is closed");
    this.#checkGroup(group);
    const joining = EpgmChannel.open(this.#home(), group, listener, options);
    this.#joining.add(joining);
    try {
      const channel = await joining;
      this.#channels.add(channel);
      if (!this.#isReferenced) channel.unref();
      return channel;
    } finally {
      this.#joining.delete(joining);
    }
  }

  /** Keeps the process alive while it is open, or a channel of it is; the default. */
  ref(): void {
    this.#isReferenced = true;
    this.#sender.ref();
    void this.#nakSocket?.then((socket) => socket.ref(), passOver);
    for (const channel of this.#channels) channel.ref();
  }

  /** Lets the process end while it is open; its channels too, those to come included. */
  unref(): void {
    this.#isReferenced = false;
    this.#sender.unref();
    void this.#nakSocket?.then((socket) => socket.unref(), passOver);
    for (const channel of this.#channels) channel.unref();
  }

  /**
   * Closes all channels, each as its own `close` does, and the sockets.
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

  async #close(options: ChannelCloseOptions): Promise<void> {
    await Promise.allSettled(this.#joining);
    await Promise.all([...this.#channels].map((channel) => channel.close(options)));
    const nakSocket = await this.#nakSocket?.catch(() => undefined);
    await nakSocket?.close();
    await this.#sender.close();
  }

  #home(): ChannelHome {
    return {
      via: this.interface,
      options: this.#options,
      gsi: this.#gsi,
      pool: this.#pool,
      random: () => randomUint32() / 2 ** 32,
      sender: this.#sender,
      makeSeal: () => makeSeal(this.#options),
      takePort: () => this.#takePort(),
      openSource: async (port, receive) => {
        this.#sources.set(port, receive);
        await this.#openNakSocket();
      },
      forgetPort: (port) => this.#sources.delete(port),
      channelClosed: (channel) => this.#channels.delete(channel),
    };
  }

  /** Other than the endpoint's, by which receivers tell the two directions apart. */
  #takePort(): number {
    for (;;) {
      const port = 1 + (randomUint32() % 65_535);
      if (port === this.#options.port || this.#sources.has(port)) continue;
      this.#sources.set(port, undefined);
      return port;
    }
  }

  /** Bound to the very address that SPMs announce, so that it gets all NAKs sent there. */
  async #openNakSocket(): Promise<void> {
    this.#nakSocket ??= DatagramSocket.open({
      via: this.interface,
      address: this.interface.address,
      port: this.#options.port,
      receive: (bytes, from) => this.#receiveUnicast({ bytes, from }),
      failed: this.#failed,
    });
    try {
      const socket = await this.#nakSocket;
      if (!this.#isReferenced) socket.unref();
    } catch (error) {
      this.#nakSocket = undefined;
      throw error;
    }
  }

  #receiveUnicast({ bytes, from }: IncomingDatagram): void {
    const opened = this.#seal?.open(bytes) ?? bytes;
    if (typeof opened === "string") return;
    const packet = readPacket(opened);
    if (packet.kind !== "nak" && packet.kind !== "spmr") return;
    if (packet.tsi.gsi === this.#gsi) {
      this.#sources.get(packet.tsi.port)?.({ bytes: opened, from });
    } else if (packet.kind === "nak" && this.#relay.passes(packet, systemClock.nowMs())) {
      this.#sender.send(bytes, formatIp(packet.group), this.#options.port);
    }
  }

  #checkGroup(group: string): void {
    const bytes = typeof group === "string" ? parseIp(group) : undefined;
    const byteCount = this.#options.family === "IPv4" ? 4 : 16;
    if (bytes?.length === byteCount && isMulticastIp(bytes)) return;
    throw new UsageError(
      `${describe(group)} is not an ${this.#options.family} multicast address, such as ${sampleGroups[this.#options.family]}`,
      { details: { group, family: this.#options.family } },
    );
  }
}

/** Who waits for the socket is told that it could not be opened. */
function passOver(): void {}

function makeSeal({ groupKey }: CompleteEpgmOptions): PacketSeal | undefined {
  return groupKey === undefined ? undefined : new PacketSeal(sealCryptoOf(groupKey));
}
