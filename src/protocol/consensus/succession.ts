/**
 * Succession: at a receiver of one type, how a sender's stream on a new address follows the one on
 * its old address. Nothing of the new one is handed on before the old one is finished, so that a move
 * reorders nothing. A stream has a number of its own, since a sender may come back to an address.
 */

/** A stream whose predecessor does not finish is handed on after so long, and a gap is reported. */
const finishMsMax = 2_000;

/** So many messages of one stream are held back; more end the wait, with a gap. */
const heldMax = 65_536;

interface Stream<Message> {
  /** Its number, among those of its sender. */
  readonly id: number;
  /** Whether its beginning was told; one that this receiver has joined late only arrives. */
  isBegun: boolean;
  /** What arrived while its predecessor was not finished; undefined once it flows. */
  held: Message[] | undefined;
  /** When the wait for its predecessor ends. */
  giveUpMs: number;
  isFinished: boolean;
  /** Another has gone on without waiting for the rest of it. */
  isAbandoned: boolean;
  /** The stream that waits for this one to finish. */
  successor: Stream<Message> | undefined;
  /** The one that this stream waits for. */
  predecessor: Stream<Message> | undefined;
}

export interface SuccessionOptions<Message> {
  /** Takes a sender's messages in the order in which they were sent. */
  readonly deliver: (sender: bigint, message: Message) => void;
  /** Something is missing, or came too late to be handed on in its order. */
  readonly gap: (sender: bigint) => void;
}

export class StreamSuccession<Message> {
  readonly #options: SuccessionOptions<Message>;
  /** By sender, then by number. */
  readonly #senders = new Map<bigint, Map<number, Stream<Message>>>();
  /** Oldest first. */
  readonly #waiting = new Map<Stream<Message>, bigint>();

  constructor(options: SuccessionOptions<Message>) {
    this.#options = options;
  }

  get deadlineMs(): number | undefined {
    let deadlineMs: number | undefined;
    for (const { giveUpMs } of this.#waiting.keys()) {
      deadlineMs = Math.min(deadlineMs ?? giveUpMs, giveUpMs);
    }
    return deadlineMs;
  }

  /** How many streams of a sender are kept: a measure of the memory taken. */
  streamCount(sender: bigint): number {
    return this.#senders.get(sender)?.size ?? 0;
  }

  /**
   * A sender's stream begins. To be told again changes nothing.
   * @param continues The number of the stream that it takes the place of, if this receiver listens
   *   to that one.
   */
  begin(sender: bigint, id: number, continues: number | undefined, nowMs: number): void {
    const streams = this.#streamsOf(sender);
    const stream = this.#stream(streams, id);
    if (stream.isBegun) return;
    stream.isBegun = true;
    if (continues === undefined) return;
    const old = this.#stream(streams, continues);
    if (old.isFinished && old.held === undefined) {
      streams.delete(continues);
      return;
    }
    stream.held = [];
    stream.giveUpMs = nowMs + finishMsMax;
    old.successor = stream;
    stream.predecessor = old;
    this.#waiting.set(stream, sender);
  }

  arrive(sender: bigint, id: number, message: Message): void {
    const stream = this.#stream(this.#streamsOf(sender), id);
    if (stream.isAbandoned) {
      // Newer messages have been handed on already.
      this.#options.gap(sender);
      return;
    }
    if (stream.held === undefined) {
      this.#options.deliver(sender, message);
      return;
    }
    stream.held.push(message);
    if (stream.held.length > heldMax) this.#giveUp(stream, sender);
  }

  /** All of the sender's stream has arrived. */
  finish(sender: bigint, id: number): void {
    const stream = this.#stream(this.#streamsOf(sender), id);
    stream.isFinished = true;
    // A stream may finish while it is itself held back: its successor waits for it to flow.
    if (stream.held === undefined) this.#succeed(stream, sender);
  }

  /** A sender is gone: what it left is handed on. */
  forget(sender: bigint): void {
    for (const [stream, waiting] of this.#waiting) {
      if (waiting === sender) this.#giveUp(stream, sender);
    }
    this.#senders.delete(sender);
  }

  wake(nowMs: number): void {
    for (const [stream, sender] of this.#waiting) {
      if (stream.giveUpMs <= nowMs) this.#giveUp(stream, sender);
    }
  }

  /** Those that it waits for, and which wait themselves, go before it, so that even now nothing is reordered. */
  #giveUp(stream: Stream<Message>, sender: bigint): void {
    const { predecessor } = stream;
    if (predecessor?.held !== undefined) this.#giveUp(predecessor, sender);
    // The predecessor may have been finished, and have let it flow.
    if (stream.held === undefined) return;
    if (predecessor !== undefined) predecessor.isAbandoned = true;
    this.#options.gap(sender);
    this.#flow(stream, sender);
  }

  #flow(stream: Stream<Message>, sender: bigint): void {
    this.#waiting.delete(stream);
    stream.predecessor = undefined;
    const held = stream.held ?? [];
    stream.held = undefined;
    for (const message of held) this.#options.deliver(sender, message);
    if (stream.isFinished) this.#succeed(stream, sender);
  }

  /** A finished stream is needed no more once another has followed it. */
  #succeed(stream: Stream<Message>, sender: bigint): void {
    const { id, successor } = stream;
    if (successor === undefined) return;
    this.#senders.get(sender)?.delete(id);
    if (successor.held !== undefined) this.#flow(successor, sender);
  }

  #streamsOf(sender: bigint): Map<number, Stream<Message>> {
    let streams = this.#senders.get(sender);
    if (streams === undefined) {
      streams = new Map();
      this.#senders.set(sender, streams);
    }
    return streams;
  }

  /** A stream that was never told to begin is one that this receiver has joined late. */
  #stream(streams: Map<number, Stream<Message>>, id: number): Stream<Message> {
    let stream = streams.get(id);
    if (stream === undefined) {
      stream = newStream(id);
      streams.set(id, stream);
    }
    return stream;
  }
}

/** It flows until it is told to wait for another. */
function newStream<Message>(id: number): Stream<Message> {
  return {
    id,
    isBegun: false,
    held: undefined,
    giveUpMs: Number.POSITIVE_INFINITY,
    isFinished: false,
    isAbandoned: false,
    successor: undefined,
    predecessor: undefined,
  };
}
