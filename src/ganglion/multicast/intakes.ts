/** Intakes: of each type that is heard its intake, and one alarm for all. */
import type { EpgmChannel, SourceId } from "../../epgm/channel.ts";
import { PeerError } from "../../errors.ts";
import type { Label } from "../../identity.ts";
import { Alarm } from "../../io/alarm.ts";
import { systemClock } from "../../io/clock.ts";
import { noImpulseId, readImpulseId } from "../../protocol/impulse-id-frame.ts";
import { Span } from "../../protocol/span.ts";
import type { Wait } from "../../wait.ts";
import { Intake } from "./intake.ts";
import type { MulticastSynapse } from "./synapse.ts";

interface Message {
  readonly payload: Uint8Array;
  readonly label: Label | undefined;
}

/** Hands on a message that has its turn. */
export type Deliver = (
  synapse: MulticastSynapse,
  payload: Uint8Array,
  label: Label | undefined,
) => Wait;

export class Intakes {
  readonly #deliver: Deliver;
  readonly #bySynapse = new Map<MulticastSynapse, Intake<Message>>();
  readonly #alarm = new Alarm(systemClock, () => this.#wake());

  constructor(deliver: Deliver) {
    this.#deliver = deliver;
  }

  /**
   * Takes the frames of a message that came by a channel of the synapse.
   * @throws {PeerError} if they are none.
   */
  take(
    synapse: MulticastSynapse,
    channel: EpgmChannel,
    frames: readonly Uint8Array[],
    source: SourceId,
  ): void {
    const [topic, payload, id] = frames;
    if (topic === undefined || payload === undefined || frames.length > 3) {
      throw new PeerError(`a message of ${frames.length} frames, it has 2 or 3`);
    }
    // Two types may share a group for a while.
    if (!isEqual(topic, synapse.topicBytes)) return;
    const message = { payload, label: id && labelOf(id) };
    const intake = this.#intakeOf(synapse);
    intake.begin(source, predecessorOf(source, synapse, channel), systemClock.nowMs());
    intake.arrive(source, message);
  }

  /** All of a source has come. */
  finish(synapse: MulticastSynapse, source: SourceId): void {
    this.#intakeOf(synapse).finish(source);
  }

  close(): void {
    this.#alarm.set(undefined);
  }

  #intakeOf(synapse: MulticastSynapse): Intake<Message> {
    let intake = this.#bySynapse.get(synapse);
    if (intake === undefined) {
      intake = new Intake({
        deliver: ({ payload, label }) => this.#deliver(synapse, payload, label),
        overflowed: () => synapse.dropped("queue-full"),
        gap: () => synapse.dropped("lost"),
        rescheduled: () => this.#alarm.set(this.#deadlineMs()),
      });
      this.#bySynapse.set(synapse, intake);
    }
    return intake;
  }

  #deadlineMs(): number | undefined {
    const deadlines = [...this.#bySynapse.values()].flatMap(({ deadlineMs }) => deadlineMs ?? []);
    return deadlines.length === 0 ? undefined : Math.min(...deadlines);
  }

  #wake(): void {
    for (const intake of this.#bySynapse.values()) intake.wake(systemClock.nowMs());
    this.#alarm.set(this.#deadlineMs());
  }
}

/** The source on another address of the type, of the same process, that is still open. */
function predecessorOf(
  source: SourceId,
  synapse: MulticastSynapse,
  channel: EpgmChannel,
): SourceId | undefined {
  const process = processOf(source);
  for (const other of synapse.incoming) {
    if (other === channel) continue;
    const open = other.openSources.find((each) => processOf(each) === process);
    if (open !== undefined) return open;
  }
  return undefined;
}

function processOf(source: SourceId): string {
  return source.slice(0, source.indexOf("."));
}

function isEqual(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false;
  for (let index = left.length - 1; index >= 0; index -= 1) {
    if (left[index] !== right[index]) return false;
  }
  return true;
}

/** The id on arrival: one transport further than when it was written. @throws {PeerError} */
function labelOf(frame: Uint8Array): Label {
  const id = noImpulseId();
  readImpulseId(Span.of(frame), id);
  return { ...id, hops: id.hops + 1 };
}
