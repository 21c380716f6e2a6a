/**
 * MemoryGanglion: a transport whose wire is memory, for tests of the core. Two ends are joined by
 * `join`; what crosses are bytes, one frame at a time, never inside the sender's `transmit`. As on a
 * pair, a reactant that is full pauses everything that comes after.
 */
import { ClosedError, UsageError } from "../../src/errors.ts";
import type { GanglionOptions } from "../../src/ganglion/options.ts";
import { TransportGanglion, WireSynapse } from "../../src/ganglion/transport.ts";
import type { Label } from "../../src/identity.ts";
import type { Impulse } from "../../src/impulse.ts";
import { systemClock } from "../../src/io/clock.ts";
import type { Neuron } from "../../src/neuron.ts";
import { BoundedQueue, type Patience, type QueuePolicy } from "../../src/queue.ts";
import type { Wait } from "../../src/wait.ts";

export interface MemoryOptions extends GanglionOptions {
  /** Whether ids go with the messages, as between peers of ours. Default true. */
  readonly carriesIds?: boolean;
  /** Whether it can tell who is at the other end. Default true. */
  readonly knowsReceivers?: boolean;
  /** What holds messages while the other end is absent or slow. Default 1000, `block`. */
  readonly sendQueue?: { readonly limit: number; readonly policy: QueuePolicy };
  /**
   * It loses every seventh frame, lets neighbours overtake each other, and spares the other end
   * what nobody there reacts to. Default false.
   */
  readonly isLoose?: boolean;
  /** Frames it carries in its life; then it falls silent, so that a storm ends. Default: no limit. */
  readonly framesMax?: number;
  /** `close()` rejects with this. */
  readonly closeError?: Error;
}

interface Outgoing {
  readonly frame: Uint8Array;
  readonly synapse: WireSynapse;
}

export class MemoryGanglion extends TransportGanglion {
  /** Every frame that left here, oldest first. */
  readonly frames: Uint8Array[] = [];
  /** What handing on an arrival rejected with: nobody on the way from a wire can be told. */
  readonly receiveFailures: unknown[] = [];
  readonly #options: MemoryOptions;
  readonly #queue: BoundedQueue<Outgoing>;
  #peer: MemoryGanglion | undefined;
  #pumping = false;
  #emptied: (() => void) | undefined;

  constructor(name: string, options: MemoryOptions = {}) {
    super(options, name);
    this.#options = options;
    this.#queue = new BoundedQueue({
      what: `send queue of ${name}`,
      limit: options.sendQueue?.limit ?? 1_000,
      policy: options.sendQueue?.policy ?? "block",
      dropped: ({ synapse }, reason) => {
        synapse.counters.queueDepth -= 1;
        synapse.dropped(reason);
      },
    });
  }

  /** Lays the wire. An end that had another one is cut off from it. */
  join(other: MemoryGanglion): void {
    this.cut();
    other.cut();
    this.#joined(other);
    other.#joined(this);
  }

  /** Breaks the wire without a word; what waits to be sent goes on waiting. */
  cut(): void {
    const peer = this.#peer;
    this.#joined(undefined);
    if (peer !== undefined && peer.#peer === this) peer.#joined(undefined);
  }

  /** True while nothing is on its way to the other end, nor could be. */
  get quiet(): boolean {
    return this.#peer === undefined || (!this.#pumping && this.#queue.depth === 0);
  }

  /** Takes a frame as if it had come from the other end. */
  inject(topic: string, payload: Uint8Array, label?: Label): Promise<void> {
    return this.#receive(encodeFrame(topic, payload, label));
  }

  protected override makeWireSynapse(topic: string, neuron: Neuron | undefined): WireSynapse {
    return new WireSynapse(topic, neuron, this);
  }

  protected override offer(
    synapse: WireSynapse,
    impulse: Impulse,
    patience: Patience | undefined,
  ): Wait {
    const label = this.#options.carriesIds === false ? undefined : impulse.label;
    synapse.counters.queueDepth += 1;
    const wait = this.#queue.offer(
      { frame: encodeFrame(synapse.topic, impulse.bytes, label), synapse },
      patience,
    );
    this.#startPump();
    return wait;
  }

  protected override receivers(): number | undefined {
    if (this.#options.knowsReceivers === false) return undefined;
    return this.#peer === undefined ? 0 : 1;
  }

  protected override receiversMax(): number {
    return 1;
  }

  protected override isReady(_topic: string, receivers: number | undefined): boolean {
    if (receivers !== undefined && this.#options.knowsReceivers === false) {
      throw new UsageError(`${this.name} cannot know its receivers`, { details: { receivers } });
    }
    return this.#peer !== undefined || receivers === 0;
  }

  protected override async shut(endsMs: number): Promise<void> {
    if (this.#pumping || this.#queue.depth > 0) await this.#emptiedUntil(endsMs);
    const left = this.#queue.clear(new ClosedError(`${this.name} was closed`));
    for (const { synapse } of left) {
      synapse.counters.queueDepth -= 1;
      synapse.dropped("closed");
    }
    this.cut();
    if (this.#options.closeError !== undefined) throw this.#options.closeError;
  }

  override ref(): void {}
  override unref(): void {}

  #joined(peer: MemoryGanglion | undefined): void {
    this.#peer = peer;
    this.#startPump();
    this.readinessChanged();
  }

  #startPump(): void {
    if (this.#pumping || this.#peer === undefined) return;
    this.#pumping = true;
    void this.#pump();
  }

  async #pump(): Promise<void> {
    // As from a socket, nothing arrives before the sender has returned.
    await Promise.resolve();
    while (this.#peer !== undefined && this.frames.length < this.#framesMax) {
      const next = this.#queue.shift();
      if (next === undefined) break;
      if (this.#options.isLoose) await this.#carry(this.#queue.shift());
      await this.#carry(next);
    }
    this.#pumping = false;
    if (this.#queue.depth === 0) this.#emptied?.();
  }

  async #carry(outgoing: Outgoing | undefined): Promise<void> {
    if (outgoing === undefined) return;
    outgoing.synapse.counters.queueDepth -= 1;
    this.frames.push(outgoing.frame);
    const isLost = this.#options.isLoose && this.frames.length % 7 === 0;
    const peer = this.#peer;
    if (!isLost && peer !== undefined) await peer.#receive(outgoing.frame);
  }

  get #framesMax(): number {
    return this.#options.framesMax ?? Number.POSITIVE_INFINITY;
  }

  async #receive(frame: Uint8Array): Promise<void> {
    const { topic, payload, label } = decodeFrame(frame);
    if (this.#options.isLoose && this.synapses.receptorCount(topic) === 0) return;
    try {
      await this.arrived(topic, payload, label);
    } catch (cause) {
      this.receiveFailures.push(cause);
    }
  }

  async #emptiedUntil(endsMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = systemClock.startTimer(endsMs - systemClock.nowMs(), resolve);
      this.#emptied = () => {
        timer.cancel();
        resolve();
      };
    });
  }
}

/** Two ends of one wire. */
export function memoryPair(
  name: string,
  options: MemoryOptions = {},
): readonly [MemoryGanglion, MemoryGanglion] {
  const ends = [
    new MemoryGanglion(`${name}.0`, options),
    new MemoryGanglion(`${name}.1`, options),
  ] as const;
  ends[0].join(ends[1]);
  return ends;
}

// A frame: the topic's size (1 octet), the topic, 1 if there is an id else 0, the id (origin as two
// of 32 bits, sequence as a double, hops as an octet), the payload.
const idBytes = 17;
const utf8 = new TextEncoder();

function encodeFrame(topic: string, payload: Uint8Array, label: Label | undefined): Uint8Array {
  const name = utf8.encode(topic);
  const start = 2 + name.length + (label === undefined ? 0 : idBytes);
  const frame = new Uint8Array(start + payload.length);
  const view = new DataView(frame.buffer);
  frame[0] = name.length;
  frame.set(name, 1);
  if (label !== undefined) {
    const at = 2 + name.length;
    frame[at - 1] = 1;
    view.setUint32(at, label.originHigh);
    view.setUint32(at + 4, label.originLow);
    view.setFloat64(at + 8, label.sequence);
    view.setUint8(at + 16, label.hops);
  }
  frame.set(payload, start);
  return frame;
}

/** The other way round. The id has crossed one transport more. */
function decodeFrame(frame: Uint8Array): {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly label: Label | undefined;
} {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  const at = 2 + view.getUint8(0);
  const topic = new TextDecoder().decode(frame.subarray(1, at - 1));
  if (view.getUint8(at - 1) === 0) return { topic, payload: frame.subarray(at), label: undefined };
  const label = {
    originHigh: view.getInt32(at),
    originLow: view.getInt32(at + 4),
    sequence: view.getFloat64(at + 8),
    hops: view.getUint8(at + 16) + 1,
  };
  return { topic, payload: frame.subarray(at + idBytes), label };
}
