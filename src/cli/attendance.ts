/** Attendance: whether a receiver is on a transport, or has been. */
import { type Ganglion, UsageError } from "plexo";

export class Attendance {
  readonly ganglion: Ganglion;
  readonly #coming: Promise<void>;
  #isAttended = false;

  constructor(ganglion: Ganglion, topic: string) {
    this.ganglion = ganglion;
    this.#coming = ganglion.ready(topic, { receivers: 1 }).then(
      () => {
        this.#isAttended = true;
      },
      (cause: unknown) => {
        // A transport that cannot know its receivers may have some. Otherwise it was closed.
        this.#isAttended = cause instanceof UsageError;
      },
    );
  }

  /** True once a receiver has come, or if nobody can tell. */
  get isAttended(): boolean {
    return this.#isAttended;
  }

  /** The same after waiting for one that is about to come, `graceMs` at most. */
  async isAttendedWithin(graceMs: number): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const over = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, graceMs);
    });
    await Promise.race([this.#coming, over]);
    clearTimeout(timer);
    return this.#isAttended;
  }
}
