/** Where hostile peers play: a ganglion that listens, friends of it, and bare sockets. */
import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { stringCodec } from "../../src/codec/string.ts";
import { PairGanglion, type StreamOptions } from "../../src/ganglion/pair.ts";
import { PubSubGanglion } from "../../src/ganglion/pubsub.ts";
import type { StreamAddress } from "../../src/io/address.ts";
import { Namespace } from "../../src/namespace.ts";
import { Neuron } from "../../src/neuron.ts";
import type { QueueOptions } from "../../src/queue.ts";
import { turn, until } from "../../src/testing/until.ts";
import { type IncidentLog, incidentsOf } from "../support/pairs.ts";
import { SocketFolder } from "../support/socket-folder.ts";
import { WireListener, WirePeer } from "../zmtp/endpoints.ts";
import { greeting31 } from "../zmtp/recorder.ts";
import { ready } from "./frames.ts";

export const Text: Neuron<string> = new Neuron(
  "Text",
  new Namespace("dev.plexo.test"),
  stringCodec,
);

export type Kind = "pair" | "pubsub";
export type Node = PairGanglion | PubSubGanglion;
export type Options = StreamOptions & {
  readonly queue?: QueueOptions;
  readonly subscribersMax?: number;
  readonly subscriptionsMax?: number;
};

const anyPort = { host: "127.0.0.1", port: 0 };
const prompt = { retryMinMs: 1, retryMaxMs: 20, lingerMs: 500 };

/** Every listener there is. */
export const listeners: readonly (readonly [string, Kind, "tcp" | "ipc"])[] = [
  ["a pair over TCP", "pair", "tcp"],
  ["a pair at a path", "pair", "ipc"],
  ["a publisher over TCP", "pubsub", "tcp"],
  ["a publisher at a path", "pubsub", "ipc"],
];

/** What a test opens, and where it is closed, first what was opened last. */
export class Stage {
  readonly #opened: { close(): unknown }[] = [];

  keep<C extends { close(): unknown }>(opened: C): C {
    this.#opened.push(opened);
    return opened;
  }

  async close(): Promise<void> {
    for (const each of this.#opened.splice(0).reverse()) await each.close();
  }

  /** A place where nobody is yet. */
  place(over: "tcp" | "ipc"): StreamAddress {
    if (over === "tcp") return anyPort;
    const folder = new SocketFolder();
    this.keep({ close: () => folder.remove() });
    return folder.at("x.sock");
  }

  /** A listener without a protocol, for a ganglion to connect to. */
  async wireListener(): Promise<{ wire: WireListener; address: StreamAddress }> {
    const wire = this.keep(new WireListener());
    return { wire, address: await wire.listen() };
  }
}

export class Scene {
  /** The one that listens, and what it tells. */
  readonly victim: Node;
  readonly incidents: IncidentLog;
  readonly kind: Kind;
  readonly #stage: Stage;
  #sentCount = 0;

  private constructor(stage: Stage, kind: Kind, victim: Node) {
    this.#stage = stage;
    this.kind = kind;
    this.victim = stage.keep(victim);
    this.incidents = incidentsOf(victim);
  }

  static async listening(
    stage: Stage,
    kind: Kind,
    over: "tcp" | "ipc" = "tcp",
    options: Options = {},
  ): Promise<Scene> {
    const all = { ...prompt, ...options, bind: stage.place(over) };
    const victim = kind === "pair" ? new PairGanglion(all) : new PubSubGanglion(all);
    await victim.opened;
    return new Scene(stage, kind, victim);
  }

  get address(): StreamAddress {
    if (this.victim.address === undefined) throw new Error("it listens nowhere");
    return this.victim.address;
  }

  /** What a peer has to be, to be served: `PAIR` or `SUB`. */
  get socketType(): string {
    return this.kind === "pair" ? "PAIR" : "SUB";
  }

  /**
   * A peer of ours, served: the victim's messages get to it.
   * @param via Where it connects to, if not to the victim itself.
   */
  async friend(options: Options = {}, via: StreamAddress = this.address): Promise<Friend> {
    const friend = this.#stage.keep(new Friend(this, { ...prompt, ...options }, via));
    await friend.served();
    return friend;
  }

  /** A socket that is connected, and has said nothing. */
  async hostile(): Promise<WirePeer> {
    const peer = await WirePeer.connect(this.address);
    this.#stage.keep({ close: () => peer.socket.destroy() });
    return peer;
  }

  /** The same with its handshake done; `greeting31` and READY of the victim were received. */
  async inTraffic(readyFrame: string = ready(this.socketType)): Promise<WirePeer> {
    const peer = await this.hostile();
    peer.send(greeting31 + readyFrame);
    await receiveHandshake(peer);
    return peer;
  }

  /** So many sockets that are connected, and say nothing. */
  async crowd(count: number): Promise<Socket[]> {
    const sockets: Socket[] = [];
    while (sockets.length < count) {
      const batch = Math.min(100, count - sockets.length);
      const come = await Promise.all(Array.from({ length: batch }, () => this.#connect()));
      // At a path the system refuses those that are too many for the listener to have taken yet.
      sockets.push(...come.filter((socket) => !socket.destroyed));
      await turn();
    }
    return sockets;
  }

  async #connect(): Promise<Socket> {
    const socket = connect({ ...this.address, allowHalfOpen: true });
    this.#stage.keep({ close: () => socket.destroy() });
    socket.on("error", () => {}).resume();
    await new Promise<void>((resolve) => {
      socket.once("connect", resolve);
      socket.once("close", () => resolve());
    });
    return socket;
  }

  /** A text that was not sent before. */
  newText(): string {
    this.#sentCount += 1;
    return `text ${this.#sentCount}`;
  }
}

export class Friend {
  readonly node: Node;
  readonly incidents: IncidentLog;
  readonly texts: string[] = [];
  readonly #scene: Scene;

  constructor(scene: Scene, options: Options, via: StreamAddress) {
    this.#scene = scene;
    this.node =
      scene.kind === "pair"
        ? new PairGanglion({ ...options, connect: via })
        : new PubSubGanglion({ ...options, peers: [via] });
    this.incidents = incidentsOf(this.node);
    this.node.react(Text, (text) => void this.texts.push(text));
  }

  /** Resolves when what the victim sends gets here. */
  async served(): Promise<void> {
    await until("it is connected", () => this.node.peerCount === 1);
    await this.node.react(Text, () => {}).ready;
  }

  /** What the victim sends gets here, all of it and in order, and in a pair what is sent here there. */
  async exchange(count = 20): Promise<void> {
    const { victim, kind } = this.#scene;
    const sent = Array.from({ length: count }, () => this.#scene.newText());
    const before = this.texts.length;
    for (const text of sent) await victim.transmit(Text, text);
    await until("the friend has got all", () => this.texts.length >= before + count);
    assert.deepEqual(this.texts.slice(before), sent);
    if (kind === "pair") await this.#reply(sent);
  }

  async close(): Promise<void> {
    await this.node.close();
  }

  async #reply(texts: readonly string[]): Promise<void> {
    const arrived: string[] = [];
    const subscription = this.#scene.victim.react(Text, (text) => void arrived.push(text));
    for (const text of texts) await this.node.transmit(Text, text);
    await until("the victim has got all", () => arrived.length >= texts.length);
    assert.deepEqual(arrived, texts);
    subscription.unsubscribe();
  }
}

/** Takes greeting and READY of the other end. */
export async function receiveHandshake(peer: WirePeer): Promise<void> {
  await peer.receive(greeting31.length / 2);
  const head = await peer.receive(2);
  await peer.receive(Number.parseInt(head.slice(2), 16));
}

/** How many sockets this process has. */
export function socketCount(): number {
  return process.getActiveResourcesInfo().filter((name) => /^(TCPSocket|Pipe)Wrap$/.test(name))
    .length;
}

/** Whether the other end has let go of it. */
export function isOver(socket: Socket): boolean {
  return socket.readableEnded || socket.destroyed;
}
