/** Intakes: of each type that is heard its intake, and one alarm for all. */
import type { SourceId } from "../../epgm/channel.ts";
import { PeerError } from "../../errors.ts";
import type { Label } from "../../identity.ts";
import { Alarm } from "../../io/alarm.ts";
import { systemClock } from "../../io/clock.ts";
import { noImpulseId, readImpulseId } from "../../protocol/impulse-id-frame.ts";
import { Span } from "../../protocol/span.ts";
import type { Wait } from "../../wait.ts";
import { Intake } from "./intake.ts";
import { isSameBytes } from "./same-bytes.ts";
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
    // Whether the process lives is for the sockets to say.
    this.#alarm.unref();
  }

  /**
   * Takes the frames of a message that came by a channel of the synapse.
   * @throws {PeerError} if they are none.
   */
  take(synapse: MulticastSynapse, frames: readonly Uint8Array[], source: SourceId): void {
    const [topic, payload, id] = frames;
    if (topic === undefined || payload === undefined || frames.length > 3) {
      throw new PeerError(`a message of ${frames.length} frames, it has 2 or 3`, {
        details: { frameCount: frames.length },
      });
    }
    const intake = this.#intakeOf(synapse);
    if (!isSameBytes(topic, synapse.topicBytes)) {
      // Two types may share a group for a while.
      intake.passOver(source);
      return;
    }
    intake.arrive(source, { payload, label: id && labelOf(id) }, systemClock.nowMs());
    this.#reschedule(intake);
  }

  /** All of a source has come. */
  finish(synapse: MulticastSynapse, source: SourceId): void {
    this.#bySynapse.get(synapse)?.finish(source);
  }

  /** Whether what the source sends is of another type than the synapse's. */
  isForeign(synapse: MulticastSynapse, source: SourceId): boolean {
    return this.#bySynapse.get(synapse)?.isForeign(source) === true;
  }

  /** Messages of a type that wait for a reactant whose queue is full. */
  depth(synapse: MulticastSynapse): number {
    return this.#bySynapse.get(synapse)?.depth ?? 0;
  }

  /** What waits is dropped, counted. */
  close(): void {
    this.#alarm.set(undefined);
    for (const [synapse, intake] of this.#bySynapse) {
      const left = intake.close();
      if (left > 0) synapse.dropped("closed", left);
    }
  }

  #intakeOf(synapse: MulticastSynapse): Intake<Message> {
    let intake = this.#bySynapse.get(synapse);
    if (intake === undefined) {
      intake = new Intake({
        deliver: ({ payload, label }) => this.#deliver(synapse, payload, label),
        overflowed: () => synapse.dropped("queue-full"),
        gap: () => synapse.dropped("lost"),
        openSources: () => synapse.openSources(),
      });
      this.#bySynapse.set(synapse, intake);
    }
    return intake;
  }

  /** Mostly there is no deadline, and nothing to set. */
  #reschedule({ deadlineMs }: Intake<Message>): void {
    if (deadlineMs !== undefined) this.#alarm.set(this.#deadlineMs());
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

/** The id on arrival: one transport further than when it was written. @throws {PeerError} */
function labelOf(frame: Uint8Array): Label {
  const id = noImpulseId();
  readImpulseId(Span.of(frame), id);
  return { ...id, hops: id.hops + 1 };
}
