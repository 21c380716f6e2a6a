/**
 * Control plane: joins the agreement on addresses to the channels its messages go on, and tells the
 * ganglion what has come of it.
 */

import type { EpgmChannel, RefusedReason } from "../../epgm/channel.ts";
import type { EpgmNode } from "../../epgm/node.ts";
import { PeerError, type TransportError } from "../../errors.ts";
import { systemClock, wallClockNs } from "../../io/clock.ts";
import { Drive } from "../../io/drive.ts";
import { randomUint32 } from "../../io/entropy.ts";
import type { AddressSpace } from "../../protocol/consensus/address-space.ts";
import { AddressAgreement } from "../../protocol/consensus/agreement.ts";
import {
  type ControlChannel,
  channelOf,
  controlChannels,
} from "../../protocol/consensus/channel.ts";
import type { ControlMessage } from "../../protocol/consensus/message.ts";
import { ControlMessageCodec } from "../../protocol/consensus/message-codec.ts";
import type {
  AgreementOutput,
  IncidentOutput,
  RecordOutput,
  RouteOutput,
} from "../../protocol/consensus/output.ts";
import type { Use } from "../../protocol/consensus/routes.ts";
import { matches } from "../../topic.ts";
import { isSameBytes } from "./same-bytes.ts";

/** A goodbye that gets lost costs the others some heartbeats' waiting, so it is not repeated for long. */
const goodbyeGraceMs = 100;

/** What the control plane does to the ganglion it belongs to. */
export interface ControlOwner {
  /** Resolves when the groups to listen to are joined: until then nobody is told that they are. */
  route(route: RouteOutput): Promise<void>;
  recorded(record: RecordOutput["record"]): void;
  /** Nodes have come or gone, or shown what they hold. */
  changed(): void;
  incident(incident: IncidentOutput): void;
  malformed(cause: PeerError): void;
  refused(reason: RefusedReason): void;
  failed(cause: TransportError): void;
}

/** A node of the network as this one hears it. */
export interface MulticastPeer {
  /** Another after each start. */
  readonly instanceId: bigint;
  /** Whether it is a node of pyplexo, which takes no part in the agreement. */
  readonly legacy: boolean;
  readonly voter: boolean;
  readonly heartbeatIntervalMs: number;
}

export class ControlPlane {
  readonly instanceId: bigint = randomInstanceId();
  readonly #owner: ControlOwner;
  readonly #space: AddressSpace;
  readonly #codec: ControlMessageCodec;
  readonly #agreement: AddressAgreement;
  readonly #drive: Drive<ControlMessage, AgreementOutput>;
  readonly #channels = new Map<ControlChannel, EpgmChannel>();
  /** Groups that are being joined. */
  readonly #joining = new Set<Promise<void>>();
  /** Resolves when the last message that had to wait was sent; undefined while none waits. */
  #sent: Promise<void> | undefined;

  constructor(space: AddressSpace, heartbeatIntervalMs: number | undefined, owner: ControlOwner) {
    this.#owner = owner;
    this.#space = space;
    this.#codec = new ControlMessageCodec(space);
    this.#agreement = new AddressAgreement({
      instanceId: this.instanceId,
      space,
      random: () => randomUint32() / 2 ** 32,
      firstProposalId: wallClockNs(),
      heartbeatIntervalMs,
      matches,
    });
    this.#drive = new Drive(this.#agreement, (output) => this.#perform(output));
  }

  /** Joins the control groups and says hello. */
  async open(node: EpgmNode): Promise<void> {
    await Promise.all(controlChannels.map((channel) => this.#join(node, channel)));
    this.#agreement.start(systemClock.nowMs());
    this.#drive.settle();
  }

  get hasLegacyPeers(): boolean {
    return this.#agreement.hasLegacyNodes;
  }

  /** Whether anything that was sent to the groups has come back, as it does where multicast works. */
  get hearsItself(): boolean {
    return [...this.#channels.values()].some(({ received }) => received.ownPackets > 0);
  }

  get peers(): MulticastPeer[] {
    return [...this.#agreement.nodes].map(({ instanceId, legacy, voter, intervalMs }) => {
      return { instanceId, legacy, voter, heartbeatIntervalMs: intervalMs };
    });
  }

  get records(): Iterable<RecordOutput["record"]> {
    return this.#agreement.records();
  }

  /** Whether the others have been told what this node listens to. */
  get hasToldListened(): boolean {
    return this.#agreement.hasToldListened && this.#sent === undefined;
  }

  hasRecord(topic: string): boolean {
    return this.#agreement.record(topic) !== undefined;
  }

  /** What was refused of what others said, by reason. */
  get refusals(): Readonly<Record<string, number>> {
    return this.#agreement.refusals;
  }

  receiverCount(topic: string): number {
    return this.#agreement.receiverCount(topic);
  }

  use(topic: string, use: Use): void {
    this.#agreement.use(topic, use, systemClock.nowMs());
    this.#drive.settle();
  }

  listenToAll(pattern: string, listens: boolean): void {
    this.#agreement.listenToAll(pattern, listens, systemClock.nowMs());
    this.#drive.settle();
  }

  release(topic: string): void {
    this.#agreement.release(topic, systemClock.nowMs());
    this.#drive.settle();
  }

  /** Says goodbye. */
  async close(lingerMs: number): Promise<void> {
    this.#agreement.close(systemClock.nowMs());
    this.#drive.settle();
    this.#drive.stop();
    await this.#sent;
    const graceMs = Math.min(lingerMs, this.peers.length > 0 ? goodbyeGraceMs : 0);
    const channels = [...this.#channels.values()];
    await Promise.all(channels.map((channel) => channel.close({ lingerMs, graceMs })));
  }

  ref(): void {
    this.#drive.ref();
  }

  unref(): void {
    this.#drive.unref();
  }

  async #join(node: EpgmNode, channel: ControlChannel): Promise<void> {
    const joined = await node.join(this.#space.textAt(channel.offset), {
      message: (parts) => this.#receive(channel, parts),
      refused: (reason) => this.#owner.refused(reason),
      failed: (cause) => this.#owner.failed(cause),
    });
    this.#channels.set(channel, joined);
    await joined.openSource();
  }

  #receive(channel: ControlChannel, frames: readonly Uint8Array[]): void {
    let message: ControlMessage;
    try {
      message = this.#codec.decode(channel, bodyOf(channel, frames));
    } catch (error) {
      if (!(error instanceof PeerError)) throw error;
      this.#owner.malformed(error);
      return;
    }
    this.#drive.receive(message);
    // It may have shown what its sender holds, and listens to.
    if (message.kind === "heartbeat" || message.kind === "assignment") this.#owner.changed();
  }

  #perform(output: AgreementOutput): void {
    switch (output.kind) {
      case "send":
        this.#sendInTurn(output.message);
        break;
      case "route":
        this.#route(output);
        break;
      case "record":
        this.#owner.recorded(output.record);
        break;
      case "view":
        this.#owner.changed();
        break;
      case "incident":
        this.#owner.incident(output);
        break;
      case "ballot":
        break;
      default:
        output satisfies never;
    }
  }

  /** Whoever is told of a record may send at once: first the groups are joined that are under way. */
  #sendInTurn(message: ControlMessage): void {
    if (this.#joining.size === 0 && this.#sent === undefined) {
      this.#send(message);
      return;
    }
    const joined = Promise.all([...this.#joining]);
    const sent = Promise.all([joined, this.#sent]).then(() => {
      this.#send(message);
      if (this.#sent !== sent) return;
      this.#sent = undefined;
      this.#owner.changed();
    });
    this.#sent = sent;
  }

  #send(message: ControlMessage): void {
    const channel = channelOf(message.kind);
    const topic = utf8.encode(channel.topic);
    const sending = this.#channels.get(channel)?.send([topic, this.#codec.encode(message)]);
    // It fails only when the channel is closed, and then nobody needs the message.
    sending?.catch(() => {});
  }

  #route(route: RouteOutput): void {
    const joined = this.#owner.route(route).then(() => {
      this.#joining.delete(joined);
    });
    this.#joining.add(joined);
  }
}

/** @throws {PeerError} if it is no message of the channel. */
function bodyOf({ topic }: ControlChannel, frames: readonly Uint8Array[]): Uint8Array {
  const [given, body] = frames;
  if (given === undefined || body === undefined || frames.length > 2) {
    throw new PeerError(`a control message of ${frames.length} frames, it has 2`, {
      details: { frameCount: frames.length },
    });
  }
  if (isSameBytes(given, utf8.encode(topic))) return body;
  throw new PeerError(`a message of another topic among those of ${topic}`, { details: { topic } });
}

const utf8 = new TextEncoder();

/** 64 random bits, other than 0. */
function randomInstanceId(): bigint {
  return (BigInt(randomUint32()) << 32n) | BigInt(randomUint32() || 1);
}
