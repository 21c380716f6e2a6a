/**
 * Intake: what arrives of one type, in the order in which each sender sent it, also while the type
 * moves from one address to another, and one message after the other where a reactant is slow.
 */
import type { SourceId } from "../../epgm/channel.ts";
import { StreamSuccession } from "../../protocol/consensus/succession.ts";
import type { Wait } from "../../wait.ts";

/** A network cannot be made to wait: so many messages do, for a reactant whose queue is full. */
const waitingMax = 1_000;

export interface IntakeOptions<Message> {
  readonly deliver: (message: Message) => Wait;
  /** There was no place for a message. */
  readonly overflowed: (message: Message) => void;
  /** A sender's old stream has not ended in time: something of it may be missing. */
  readonly gap: () => void;
  /** The deadline has changed. */
  readonly rescheduled: () => void;
}

export class Intake<Message> {
  readonly #options: IntakeOptions<Message>;
  readonly #succession: StreamSuccession<Message>;
  #waiting: Message[] = [];
  #isBlocked = false;

  constructor(options: IntakeOptions<Message>) {
    this.#options = options;
    this.#succession = new StreamSuccession({
      deliver: (_sender, message) => this.#take(message),
      gap: options.gap,
    });
  }

  get deadlineMs(): number | undefined {
    return this.#succession.deadlineMs;
  }

  /**
   * A source has begun.
   * @param continues The same process's source that it takes the place of, if one is still open.
   */
  begin(source: SourceId, continues: SourceId | undefined, nowMs: number): void {
    const { sender, stream } = parse(source);
    this.#succession.begin(
      sender,
      stream,
      continues === undefined ? undefined : parse(continues).stream,
      nowMs,
    );
    this.#options.rescheduled();
  }

  arrive(source: SourceId, message: Message): void {
    const { sender, stream } = parse(source);
    this.#succession.arrive(sender, stream, message);
  }

  finish(source: SourceId): void {
    const { sender, stream } = parse(source);
    this.#succession.finish(sender, stream);
  }

  wake(nowMs: number): void {
    this.#succession.wake(nowMs);
  }

  #take(message: Message): void {
    if (!this.#isBlocked) {
      this.#deliver(message);
      return;
    }
    if (this.#waiting.length < waitingMax) this.#waiting.push(message);
    else this.#options.overflowed(message);
  }

  #deliver(message: Message): void {
    const wait = this.#options.deliver(message);
    if (wait === undefined) return;
    this.#isBlocked = true;
    void wait.finally(() => this.#resume());
  }

  #resume(): void {
    this.#isBlocked = false;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const message of waiting) this.#take(message);
  }
}

/** Of a source's name: its process, and its number there. */
function parse(source: SourceId): { readonly sender: bigint; readonly stream: number } {
  const [process = "0", stream = "0"] = source.split(".");
  return { sender: BigInt(`0x${process}`), stream: Number(stream) };
}
