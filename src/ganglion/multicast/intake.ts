/**
 * Intake: what comes of one type, in the order in which each sender sent it, also while the type
 * moves from one address to another, and one message after the other where a reactant is slow.
 */
import type { SourceId } from "../../epgm/channel.ts";
import { StreamSuccession } from "../../protocol/consensus/succession.ts";
import { BoundedQueue } from "../../queue.ts";
import type { Wait } from "../../wait.ts";

/** A network cannot be made to wait: so many messages do, for a reactant whose queue is full. */
const waitingMax = 1_000;

export interface IntakeOptions<Message> {
  readonly deliver: (message: Message) => Wait;
  /** There was no place for a message. */
  readonly overflowed: (message: Message) => void;
  /** A sender's old stream has not ended in time: something of it may be missing. */
  readonly gap: () => void;
  /** Sources that are heard now, on any address of the type, and have not closed. */
  readonly openSources: () => Iterable<SourceId>;
}

/** Of a source's name: its process, and its number there. */
interface Stream {
  readonly sender: bigint;
  readonly stream: number;
}

export class Intake<Message> {
  readonly #options: IntakeOptions<Message>;
  readonly #succession: StreamSuccession<Message>;
  /** The sources that messages of the type have come from. */
  readonly #known = new Map<SourceId, Stream>();
  /** Those that send another type, which shares the address for a while. */
  readonly #foreign = new Set<SourceId>();
  readonly #waiting: BoundedQueue<Message>;
  #isBlocked = false;

  constructor(options: IntakeOptions<Message>) {
    this.#options = options;
    this.#succession = new StreamSuccession({
      deliver: (_sender, message) => this.#take(message),
      gap: options.gap,
    });
    this.#waiting = new BoundedQueue({
      what: "messages that wait for a reactant",
      limit: waitingMax,
      policy: "drop-newest",
      dropped: options.overflowed,
    });
  }

  get deadlineMs(): number | undefined {
    return this.#succession.deadlineMs;
  }

  /** Messages that wait for a reactant. */
  get depth(): number {
    return this.#waiting.depth;
  }

  /** A message of the type has come. The deadline may be another afterwards. */
  arrive(source: SourceId, message: Message, nowMs: number): void {
    const { sender, stream } = this.#known.get(source) ?? this.#begin(source, nowMs);
    this.#succession.arrive(sender, stream, message);
  }

  /** The source has sent a message of another type. */
  passOver(source: SourceId): void {
    if (this.#known.has(source) || this.#foreign.has(source)) return;
    this.#forgetClosed();
    this.#foreign.add(source);
  }

  /** Whether what the source sends is of another type. */
  isForeign(source: SourceId): boolean {
    return this.#foreign.has(source);
  }

  /** All of a source has come. */
  finish(source: SourceId): void {
    this.#foreign.delete(source);
    const known = this.#known.get(source);
    // Of one that sent nothing nobody waits for the end: it is not open any more.
    if (known !== undefined) this.#succession.finish(known.sender, known.stream);
  }

  wake(nowMs: number): void {
    this.#succession.wake(nowMs);
  }

  /** What waits is given up. @returns How many messages that were. */
  close(): number {
    this.#isBlocked = true;
    return this.#waiting.clear().length;
  }

  #begin(source: SourceId, nowMs: number): Stream {
    this.#forgetClosed();
    const begun = parse(source);
    this.#foreign.delete(source);
    this.#known.set(source, begun);
    const predecessor = this.#predecessorOf(source, begun.sender, nowMs);
    this.#succession.begin(begun.sender, begun.stream, predecessor?.stream, nowMs);
    return begun;
  }

  /** The same process's stream on another address, which it ends when it moves. */
  #predecessorOf(source: SourceId, sender: bigint, nowMs: number): Stream | undefined {
    for (const other of this.#options.openSources()) {
      if (other === source || this.#foreign.has(other)) continue;
      const known = this.#known.get(other);
      const stream = known ?? parse(other);
      if (stream.sender !== sender) continue;
      if (known === undefined) {
        // Its first message is under way; it follows nobody.
        this.#known.set(other, stream);
        this.#succession.begin(sender, stream.stream, undefined, nowMs);
      }
      return stream;
    }
    return undefined;
  }

  /** Whoever is not heard any more is kept no longer; looked at when somebody new comes. */
  #forgetClosed(): void {
    const open = new Set(this.#options.openSources());
    for (const source of this.#foreign) if (!open.has(source)) this.#foreign.delete(source);
    const closed = new Set<bigint>();
    for (const [source, { sender }] of this.#known) {
      if (open.has(source)) continue;
      this.#known.delete(source);
      closed.add(sender);
    }
    const senders = new Set([...open].map((source) => parse(source).sender));
    for (const sender of closed) if (!senders.has(sender)) this.#succession.forget(sender);
  }

  #take(message: Message): void {
    if (this.#isBlocked) void this.#waiting.offer(message);
    else this.#deliver(message);
  }

  #deliver(message: Message): void {
    const wait = this.#options.deliver(message);
    if (wait === undefined) return;
    this.#isBlocked = true;
    void wait.finally(() => this.#resume());
  }

  #resume(): void {
    this.#isBlocked = false;
    while (!this.#isBlocked) {
      const message = this.#waiting.shift();
      if (message === undefined) return;
      this.#deliver(message);
    }
  }
}

function parse(source: SourceId): Stream {
  const [process = "0", stream = "0"] = source.split(".");
  return { sender: BigInt(`0x${process}`), stream: Number(stream) };
}
