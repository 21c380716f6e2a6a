/** World: sources and receivers on one group of a simulated network, as a schedule wants them. */
import type { IncomingDatagram, SendDatagram } from "../../src/protocol/epgm/datagram.ts";
import type { EpgmReceiver, ReceiverOutput } from "../../src/protocol/epgm/receiver.ts";
import type { EpgmSource, SourceOutput } from "../../src/protocol/epgm/source.ts";
import { formatTsi, makeGsi } from "../../src/protocol/epgm/tsi.ts";
import { WindowPool } from "../../src/protocol/epgm/window-pool.ts";
import type { SimNode } from "../../src/testing/sim/sim-node.ts";
import { SimNetwork } from "../../src/testing/sim-network.ts";
import { group, makeReceiver, makeSource } from "../epgm/ends.ts";
import type { Schedule, SenderPlan } from "./schedule.ts";
import { type Sent, textOf, Witness } from "./witness.ts";

type Output = SourceOutput | ReceiverOutput;
type Node = SimNode<IncomingDatagram, Output>;

export interface Outcome {
  readonly messageCount: number;
  readonly gapCount: number;
  readonly packetCount: number;
}

const poolBytesMax = 2 ** 22;

/** Long enough for a FIN to get through at the worst loss. */
const graceMs = 10_000;

/** By then nothing is going on any more: sources have closed, or have been silent for 300 s. */
const endMs = 400_000;

/** libzmq's: with it receivers send NAKs to the source alone, and wait as they do for libzmq. */
const foreignGsi = 0xb7c6d1bc038a;

/**
 * Plays a schedule.
 * @throws {Error} if a receiver is told what it must not be, or memory goes beyond its bound.
 */
export function play(schedule: Schedule): Outcome {
  return new World(schedule).run();
}

class World {
  readonly #schedule: Schedule;
  readonly #network: SimNetwork<IncomingDatagram, Output>;
  readonly #pool = new WindowPool(poolBytesMax);
  readonly #sent = new Map<string, Sent>();
  readonly #witnesses = new Map<Node, Witness>();
  readonly #receivers: { readonly node: Node; readonly receiver: EpgmReceiver }[] = [];
  readonly #nodes = new Map<string, Node>();
  #sessionCount = 0;

  constructor(schedule: Schedule) {
    this.#schedule = schedule;
    const { seed, loss, duplication, reordering, delayMaxMs } = schedule;
    this.#network = new SimNetwork<IncomingDatagram, Output>({
      seed,
      perform: (node, output) => this.#perform(node, output),
      faults: { loss, duplication, reordering, delayMaxMs },
    });
  }

  run(): Outcome {
    const { joinsMs, senders, bursts } = this.#schedule;
    const receivers = joinsMs.map((joinMs, index) => {
      const node = this.#addNode(`receiver ${index}`);
      this.#network.at(joinMs, () => this.#join(node));
      return node;
    });
    for (const [index, plan] of senders.entries()) this.#addSender(`sender ${index}`, plan);
    for (const { receiver, atMs, lastsMs } of bursts) {
      const node = receivers[receiver];
      if (node !== undefined) this.#deafen(node, atMs, lastsMs);
    }
    this.#network.run(endMs);
    for (const [node, witness] of this.#witnesses) {
      // Where packets are lost, the SPMs by which a receiver learns of the beginning may be, too.
      witness.end({
        wasFirst: joinsMs[node.index] === 0 && this.#schedule.loss === 0 && bursts.length === 0,
      });
    }
    const witnesses = [...this.#witnesses.values()];
    return {
      messageCount: witnesses.reduce((sum, { messageCount }) => sum + messageCount, 0),
      gapCount: witnesses.reduce((sum, { gapCount }) => sum + gapCount, 0),
      packetCount: this.#network.deliveredCount,
    };
  }

  #addNode(name: string): Node {
    const node = this.#network.addNode({ name });
    this.#nodes.set(addressOf(node).join("."), node);
    return node;
  }

  #join(node: Node): void {
    const { windowPackets, heldBytesMax } = this.#schedule;
    const receiver = makeReceiver(
      { packetsMax: windowPackets, bytesMax: heldBytesMax, heldBytesMax },
      { random: () => this.#network.random.fraction() },
    );
    this.#witnesses.set(node, new Witness(node.name, this.#sent));
    this.#receivers.push({ node, receiver });
    node.start(receiver);
  }

  #addSender(name: string, plan: SenderPlan): void {
    const node = this.#addNode(name);
    const network = this.#network;
    let session = this.#startSource(node);
    network.at(0, () => node.act((nowMs) => session.source.start(nowMs)));
    for (const { atMs, byteCount, parts } of plan.messages) {
      network.at(atMs, () => node.act((nowMs) => this.#send(session, { byteCount, parts, nowMs })));
    }
    const { restartMs, closeMs } = plan;
    if (restartMs !== undefined) {
      network.at(restartMs, () => {
        session = this.#startSource(node);
        node.act((nowMs) => session.source.start(nowMs));
      });
    }
    network.at(closeMs, () => node.act((nowMs) => session.source.close(nowMs)));
  }

  #startSource(node: Node): { readonly source: EpgmSource; readonly sent: Sent } {
    const { isForeign, bitsPerSecond, payloadBytesMax, firstSequence, windowPackets } =
      this.#schedule;
    this.#sessionCount += 1;
    const gsi = isForeign ? foreignGsi : makeGsi(node.index);
    const tsi = { gsi, port: this.#sessionCount };
    const source = makeSource(
      {
        tsi,
        nla: addressOf(node),
        bitsPerSecond,
        payloadBytesMax,
        firstSequence,
        pool: this.#pool,
        window: { bytesMax: 2 ** 20, packetsMax: windowPackets, ageMsMax: 10_000 },
        graceMs,
      },
      node.nowMs,
    );
    const sent: Sent = { name: formatTsi(tsi), texts: [] };
    this.#sent.set(sent.name, sent);
    node.start(source);
    return { source, sent };
  }

  #send(
    { source, sent }: { readonly source: EpgmSource; readonly sent: Sent },
    message: { readonly byteCount: number; readonly parts: number; readonly nowMs: number },
  ): void {
    const parts = [Buffer.from(String(sent.texts.length))];
    for (let part = 1; part < message.parts; part += 1) {
      parts.push(Buffer.alloc(message.byteCount, 97 + ((sent.texts.length + part) % 26)));
    }
    if (source.send(parts)) sent.texts.push(textOf(parts));
    source.flush(message.nowMs);
  }

  #deafen(receiver: Node, atMs: number, lastsMs: number): void {
    const network = this.#network;
    network.at(atMs, () => {
      for (const node of network.nodes) network.cut(node, receiver);
    });
    network.at(atMs + lastsMs, () => {
      for (const node of network.nodes) network.mend(node, receiver);
    });
  }

  #perform(node: Node, output: Output): void {
    switch (output.kind) {
      case "send":
        this.#transmit(node, output);
        break;
      case "message":
      case "gap":
      case "finished":
        this.#witnesses.get(node)?.see(output);
        break;
      default: // A source that has room, or has closed.
    }
    this.#checkMemory();
  }

  #transmit(node: Node, { bytes, to }: SendDatagram): void {
    const datagram = { bytes, from: addressOf(node) };
    if (to === "group") {
      node.broadcast(datagram);
      return;
    }
    const host = this.#nodes.get(to.join("."));
    if (host === undefined)
      throw new Error(`${node.name} sends to ${to.join(".")}, which is nobody's`);
    node.send(host, datagram);
  }

  #checkMemory(): void {
    const { heldBytesMax } = this.#schedule;
    if (this.#pool.bytes > poolBytesMax) throw new Error(`the pool has ${this.#pool.bytes} bytes`);
    for (const { node, receiver } of this.#receivers) {
      if (receiver.heldBytes <= heldBytesMax) continue;
      throw new Error(`${node.name} holds ${receiver.heldBytes} bytes, at most ${heldBytesMax}`);
    }
  }
}

function addressOf({ index }: Node): Uint8Array {
  return Uint8Array.of(10, 0, group.length, index + 1);
}
