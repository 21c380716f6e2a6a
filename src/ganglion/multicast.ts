/**
 * "plexo/multicast": MulticastGanglion, any number of processes on one network that need not know of
 * each other.
 *
 * Each type has a multicast group of its own, on whose address the nodes agree by a variant of Paxos.
 * Messages go by EPGM, reliable multicast as libzmq speaks it, with two frames, topic and payload;
 * a third, the impulse's id, only while every node in view is one of ours. A process joins the groups
 * of the types only that somebody in it wants.
 */
import type { EpgmChannel, EpgmGap, SourceId } from "../epgm/channel.ts";
import { EpgmNode } from "../epgm/node.ts";
import { ClosedError, ConsensusError, PeerError, TransportError, UsageError } from "../errors.ts";
import type { Impulse } from "../impulse.ts";
import type { Incident } from "../incident.ts";
import { type ClockTimer, systemClock } from "../io/clock.ts";
import type { MulticastInterface } from "../io/multicast-interface.ts";
import { type Neuron, topicOf } from "../neuron.ts";
import { checkOptions } from "../options.ts";
import { AddressSpace } from "../protocol/consensus/address-space.ts";
import type { RouteOutput } from "../protocol/consensus/output.ts";
import { impulseIdByteCount, writeImpulseId } from "../protocol/impulse-id-frame.ts";
import { completeQueueOptions, type Patience, type QueueOptions } from "../queue.ts";
import { checkCount } from "../ranges.ts";
import type { Stats } from "../stats.ts";
import { isPattern, type TopicPattern } from "../topic.ts";
import type { Wait } from "../wait.ts";
import type { AdaptOptions } from "./ganglion.ts";
import { ControlPlane, type MulticastPeer } from "./multicast/control-plane.ts";
import { Intakes } from "./multicast/intakes.ts";
import { type MulticastOptions, multicastOptionTable } from "./multicast/options.ts";
import { MulticastSynapse } from "./multicast/synapse.ts";
import { Troubles } from "./multicast/troubles.ts";
import { Opening } from "./opening.ts";
import { TransportGanglion } from "./transport.ts";

export type { MulticastInterface } from "../io/multicast-interface.ts";
export type { MulticastPeer } from "./multicast/control-plane.ts";
export type { MulticastOptions } from "./multicast/options.ts";

/** The address that a type has, as the nodes have agreed. */
export interface Assignment {
  readonly topic: string;
  /** As people write it: `239.255.0.77`. */
  readonly address: string;
  /** How often the type has moved. */
  readonly epoch: bigint;
  /** Whether a node of pyplexo holds the address, so that the type cannot move. */
  readonly legacy: boolean;
}

const networkDefault = "239.255.0.0/16";
const portDefault = 5560;
/** What is sent comes back at once where it does at all. */
const hearingMsMax = 1_000;
const messageBytesMaxDefault = 16 * 1024 * 1024;

/** One node of a multicast network. It opens by itself; see `opened`. */
export class MulticastGanglion extends TransportGanglion<MulticastSynapse> {
  /** @internal For its synapses. */
  readonly queue: Required<QueueOptions>;
  readonly #options: MulticastOptions;
  readonly #port: number;
  readonly #space: AddressSpace;
  readonly #messageBytesMax: number;
  readonly #control: ControlPlane;
  readonly #opening = new Opening(this);
  readonly #troubles = new Troubles(this, this.otherCounters, (incident) => super.report(incident));
  readonly #intakes = new Intakes((...arrived) => this.arrivedAt(...arrived));
  readonly #patterns = new Set<TopicPattern>();
  readonly #watchers = new Set<() => void>();
  #node: EpgmNode | undefined;
  #isOpen = false;
  #hearing: ClockTimer | undefined;
  /** No type is used anew any more. */
  #isShutting = false;
  #isForeign = false;
  #isReferenced = true;

  /** @throws {UsageError} if an option is unfit. */
  constructor(options: MulticastOptions = {}) {
    checkOptions("MulticastGanglion", options, multicastOptionTable);
    const { network = networkDefault, port = portDefault } = options;
    super(options, `multicast://${network}:${port}`);
    this.#options = options;
    this.#port = port;
    this.#space = new AddressSpace(network);
    this.queue = completeQueueOptions(options.queue);
    this.#messageBytesMax = checkCount(
      "messageBytesMax",
      options.messageBytesMax ?? messageBytesMaxDefault,
    );
    this.#control = new ControlPlane(this.#space, options.heartbeatIntervalMs, {
      route: (route) => this.#route(route),
      recorded: ({ typeName }) => this.#recorded(typeName),
      changed: () => this.#changed(),
      incident: (incident) => this.#troubles.disagreed(incident),
      malformed: (cause) => this.#troubles.malformed(cause),
      refused: (reason) => this.#troubles.refused(reason),
      failed: (cause) => this.#failed(cause),
    });
    this.#opening.begin(this.#open());
  }

  /**
   * Resolves when it has joined the control groups; rejects if the system does not let it. Marked
   * handled: where nobody asks for it, a failure is an incident.
   */
  get opened(): Promise<void> {
    return this.#opening.watched;
  }

  /** @internal Its sockets, for tests; undefined until it has opened. */
  get node(): EpgmNode | undefined {
    return this.#node;
  }

  /** @internal Whether no message waits for an address, or for a place in the queue of one; for tests. */
  get isDrained(): boolean {
    return [...this.synapses.values()].every((synapse) => synapse.isDrained);
  }

  /** By which network interface it sends and receives; undefined until it has opened. */
  get interface(): MulticastInterface | undefined {
    return this.#node?.interface;
  }

  /** The nodes that this one hears, without itself. */
  get peers(): readonly MulticastPeer[] {
    return this.#control.peers;
  }

  /** The addresses of all types that this node knows of. */
  get assignments(): readonly Assignment[] {
    return [...this.#control.records].map(({ typeName, address, epoch, legacy }) => {
      return { topic: typeName, address: this.#space.textAt(address), epoch, legacy };
    });
  }

  /** What was refused of what other nodes said, by reason. */
  get refusals(): Readonly<Record<string, number>> {
    return this.#control.refusals;
  }

  /** Calls `listener` whenever `peers` or `assignments` may have changed. @returns What ends that. */
  watch(listener: () => void): () => void {
    this.#watchers.add(listener);
    return () => this.#watchers.delete(listener);
  }

  async #open(): Promise<void> {
    const {
      interface: via,
      hops,
      bitsPerSecond,
      groupKey,
      windowBytesMax,
      graceMs,
    } = this.#options;
    const node = await EpgmNode.open(
      {
        port: this.#port,
        interface: via,
        family: this.#space.textAt(0).includes(":") ? "IPv6" : "IPv4",
        hops,
        bitsPerSecond,
        groupKey,
        windowBytesMax,
        graceMs,
        messageBytesMax: this.#messageBytesMax,
      },
      (cause) => this.#failed(cause),
    );
    this.#node = node;
    if (!this.#isReferenced) node.unref();
    try {
      // What was transmitted before still goes out.
      if (this.isClosing && this.isDrained) return;
      await this.#control.open(node);
    } catch (cause) {
      await node.close({ lingerMs: 0 });
      throw cause;
    }
    this.#isOpen = true;
    this.rename(`${this.name.split("?")[0]}?interface=${node.interface.name}`);
    this.#hearing = systemClock.startTimer(hearingMsMax, () => this.#checkHearing());
    this.#hearing.unref();
    for (const pattern of this.#patterns) this.#control.listenToAll(pattern, true);
    for (const synapse of this.synapses.values()) this.#update(synapse);
  }

  // Who wants what.

  /** Tells the agreement what a synapse is used for. */
  #update(synapse: MulticastSynapse): void {
    if (!this.#isOpen || this.#isShutting) return;
    const { topic, sends } = synapse;
    const listens = this.#listens(synapse);
    if (listens || sends || synapse.isAdapted) {
      synapse.isUsed = true;
      this.#control.use(topic, { sends, listens });
    } else if (synapse.isUsed) {
      synapse.isUsed = false;
      this.#control.release(topic);
    }
  }

  /** Whether somebody here, or the plexus, wants it. */
  #listens({ dendrite, topic }: MulticastSynapse): boolean {
    return dendrite.size > 0 || this.wantsUnknown(topic);
  }

  protected override interestChanged(target: TopicPattern, wanted: boolean): void {
    if (this.isClosing) return;
    if (isPattern(target)) this.#patternChanged(target, wanted);
    for (const synapse of this.synapses.matching(target)) this.#update(synapse);
  }

  protected override junctionWants(target: TopicPattern, wanted: boolean): void {
    super.junctionWants(target, wanted);
    if (this.isClosing) return;
    if (wanted && !isPattern(target) && this.capable(target)) this.obtainSynapse(target, undefined);
    this.interestChanged(target, wanted);
  }

  /** Whoever sends a topic for the first time then waits until it has been joined here. */
  #patternChanged(pattern: TopicPattern, wanted: boolean): void {
    const isWanted = wanted || this.#isPatternWanted(pattern);
    if (isWanted) this.#patterns.add(pattern);
    else this.#patterns.delete(pattern);
    if (!this.#isOpen) return;
    this.#control.listenToAll(pattern, isWanted);
    if (wanted) for (const { typeName } of this.#control.records) this.#obtainByPattern(typeName);
  }

  /** By a reactant here, or by the plexus. */
  #isPatternWanted(pattern: TopicPattern): boolean {
    for (const target of this.interests) if (target === pattern) return true;
    return this.isWantedAbove(pattern);
  }

  /** There is an address for a topic that a pattern may want. */
  #recorded(topic: string): void {
    this.#obtainByPattern(topic);
    this.#changed();
  }

  #obtainByPattern(topic: string): void {
    if (this.isClosing || this.synapses.find(topic) !== undefined) return;
    if (!this.wantsUnknown(topic) || !this.capable(topic)) return;
    const synapse = this.synapseForArrival(topic);
    if (typeof synapse === "string") this.droppedElsewhere(synapse, topic);
    else this.#update(synapse);
  }

  // Addresses.

  async #route({ typeName, send, listen }: RouteOutput): Promise<void> {
    await this.synapses.find(typeName)?.route({ send, listen });
    this.#changed();
  }

  /** @internal For its synapses. */
  joinFailed(cause: TransportError): void {
    this.#failed(cause);
  }

  /** @internal For its synapses: where nobody listens there is nobody to ask. */
  graceMs({ topic }: MulticastSynapse): number | undefined {
    return this.#control.hasLegacyPeers || this.receivers(topic) > 0 ? undefined : 0;
  }

  /** @internal For its synapses. */
  async join(synapse: MulticastSynapse, address: number, receive: boolean): Promise<EpgmChannel> {
    const node = this.#node;
    if (node === undefined) throw new ClosedError(`${this.name} is not open`);
    const group = this.#space.textAt(address);
    const channel = await node.join(
      group,
      {
        ...(receive && {
          message: (frames, source) => this.#receive(synapse, frames, source),
          gap: (gap) => this.#lost(synapse, gap),
          finished: (source) => this.#intakes.finish(synapse, source),
          refused: (reason) => this.#troubles.refused(reason),
        }),
        dropped: (_frames, reason) => synapse.dropped(reason),
        failed: (cause) => this.#failed(cause),
      },
      { queue: this.queue },
    );
    channel.setForeign(this.#control.hasLegacyPeers);
    return channel;
  }

  // Sending.

  protected override makeWireSynapse(topic: string, neuron: Neuron | undefined): MulticastSynapse {
    return new MulticastSynapse(topic, neuron, this);
  }

  protected override checkSends(): void {
    this.#opening.check();
  }

  protected override checkSize(synapse: MulticastSynapse, byteCount: number): void {
    const bytesMax = this.#messageBytesMax - synapse.topicBytes.length - impulseIdByteCount;
    if (byteCount <= bytesMax) return;
    throw new UsageError(
      `a message of ${byteCount} bytes of ${synapse.topic}, at most ${bytesMax} are sent; raise ` +
        "messageBytesMax at all nodes, or send it in parts",
      { details: { topic: synapse.topic, byteCount, bytesMax } },
    );
  }

  protected override offer(
    synapse: MulticastSynapse,
    impulse: Impulse,
    patience: Patience | undefined,
  ): Wait {
    this.#willSend(synapse);
    return synapse.offer(impulse, patience);
  }

  #willSend(synapse: MulticastSynapse): void {
    if (synapse.sends) return;
    synapse.sends = true;
    this.#update(synapse);
  }

  /** @internal For its synapses. */
  framesOf({ topicBytes }: MulticastSynapse, { bytes, label }: Impulse): Uint8Array[] {
    if (label === undefined || this.#control.hasLegacyPeers) return [topicBytes, bytes];
    const id = new Uint8Array(impulseIdByteCount);
    writeImpulseId(id, 0, label);
    return [topicBytes, bytes, id];
  }

  // Receiving.

  #receive(synapse: MulticastSynapse, frames: readonly Uint8Array[], source: SourceId): void {
    try {
      this.#intakes.take(synapse, frames, source);
    } catch (error) {
      if (!(error instanceof PeerError)) throw error;
      this.#troubles.malformed(error);
    }
  }

  // Readiness and life.

  /** Resolves when the type has an address. @throws {ConsensusError} (rejects) if it gets none in time. */
  override async adapt(target: Neuron | TopicPattern, options: AdaptOptions = {}): Promise<void> {
    await super.adapt(target, options);
    const topic = topicOf(target, "the target given to adapt");
    if (isPattern(topic)) return;
    const synapse = this.obtainSynapse(topic, undefined);
    synapse.isAdapted = true;
    this.#update(synapse);
    const timeout = AbortSignal.timeout(Math.min(this.sendTimeoutMs, 2 ** 31 - 1));
    try {
      await this.untilReady(
        () => {
          this.checkOpen();
          this.#opening.check();
          return this.#control.hasRecord(topic);
        },
        options.signal ? AbortSignal.any([options.signal, timeout]) : timeout,
      );
    } catch (cause) {
      if (!timeout.aborted || options.signal?.aborted) throw cause;
      throw new ConsensusError(
        `no address was agreed on for ${topic} within ${this.sendTimeoutMs} ms; do the nodes hear each other both ways?`,
        { cause, details: { topic, timeoutMs: this.sendTimeoutMs } },
      );
    }
  }

  protected override receivers(topic: string): number {
    return this.#control.receiverCount(topic);
  }

  protected override isReady(topic: string, receivers = 1): boolean {
    this.checkSends();
    const synapse = this.obtainSynapse(topic, undefined);
    // Whoever waits to send is about to: the address is found meanwhile.
    this.#willSend(synapse);
    return synapse.hasOutgoing && this.receivers(topic) >= receivers;
  }

  protected override inEffect(): Promise<void> {
    return this.untilReady(() => {
      if (this.isClosing) return true;
      this.#opening.check();
      if (!this.#isOpen || !this.#control.hasToldListened) return false;
      return [...this.synapses.values()].every((each) => each.hasIncoming || !this.#listens(each));
    });
  }

  override stats(): Stats {
    for (const synapse of this.synapses.values()) {
      synapse.countDepth(this.#intakes.depth(synapse));
    }
    return super.stats();
  }

  #changed(): void {
    const isForeign = this.#control.hasLegacyPeers;
    if (isForeign !== this.#isForeign) {
      this.#isForeign = isForeign;
      for (const synapse of this.synapses.values()) {
        for (const channel of synapse.channels) channel.setForeign(isForeign);
      }
    }
    this.readinessChanged();
    for (const watcher of this.#watchers) watcher();
  }

  protected override async shut(endsMs: number): Promise<void> {
    await this.#opening.over();
    await this.#drained(endsMs);
    this.#isShutting = true;
    this.#hearing?.cancel();
    const lingerMs = Math.max(0, endsMs - systemClock.nowMs());
    const why = new ClosedError(`${this.name} was closed while the message waited to be sent`);
    const synapses = [...this.synapses.values()];
    await Promise.all(synapses.map((synapse) => synapse.close(lingerMs, why)));
    // Only now: whoever has not got all yet need not know that this node goes.
    await this.#control.close(Math.max(0, endsMs - systemClock.nowMs()));
    this.#intakes.close();
    await this.#node?.close({ lingerMs: 0, graceMs: 0 });
  }

  /** What is sent to a group comes back to its own host, unless something keeps it. */
  #checkHearing(): void {
    const via = this.#node?.interface;
    if (this.#control.hearsItself || via === undefined) return;
    const { network = networkDefault } = this.#options;
    this.#troubles.deaf(via, this.#port, network);
  }

  /** Resolves when no message waits for an address, or at the end. */
  async #drained(endsMs: number): Promise<void> {
    if (!this.#isOpen) return;
    const over = new AbortController();
    const timer = systemClock.startTimer(Math.max(0, endsMs - systemClock.nowMs()), () =>
      over.abort(),
    );
    await this.untilReady(() => this.isDrained, over.signal).catch((cause: unknown) => {
      if (!over.signal.aborted) throw cause;
    });
    timer.cancel();
  }

  override ref(): void {
    this.#isReferenced = true;
    this.#control.ref();
    this.#node?.ref();
  }

  override unref(): void {
    this.#isReferenced = false;
    this.#control.unref();
    this.#node?.unref();
  }

  // Incidents.

  /** What a peer can make happen again and again is told by ration. */
  override report(incident: Incident): void {
    if (incident.kind === "transmit-failed") super.report(incident);
    else this.#troubles.report(incident);
  }

  protected override incidentsOver(): void {
    this.#troubles.end();
  }

  #lost(synapse: MulticastSynapse, gap: EpgmGap): void {
    if (!this.#intakes.isForeign(synapse, gap.source)) this.#troubles.lost(synapse, gap);
  }

  #failed(cause: TransportError): void {
    if (!this.isClosing) this.#troubles.failed(cause);
  }
}
