/** Opening: how a ganglion that has to bind or connect comes to be open, or cannot. */
import { failureIncident, type Incident } from "../incident.ts";

/** The ganglion, as far as its opening needs it. */
export interface OpeningOwner {
  readonly name: string;
  report(incident: Incident): void;
  readinessChanged(): void;
}

export class Opening {
  readonly #owner: OpeningOwner;
  #opened: Promise<void> = Promise.resolve();
  #isWatched = false;
  #error: Error | undefined;

  constructor(owner: OpeningOwner) {
    this.#owner = owner;
  }

  /** `opening` settles when it is over. Marked handled: where nobody watches, a failure is an incident. */
  begin(opening: Promise<void>): void {
    this.#opened = opening;
    opening.catch((cause: Error) => this.#fail(cause));
  }

  /** Settles as the opening does; whoever asks for it is told of a failure by it. */
  get watched(): Promise<void> {
    this.#isWatched = true;
    return this.#opened;
  }

  /** Resolves when it has opened, or cannot. */
  async over(): Promise<void> {
    await this.#opened.catch(() => {});
  }

  /** @throws why it could not be opened. */
  check(): void {
    if (this.#error !== undefined) throw this.#error;
  }

  /** There will never be a peer, which nobody should wait for. */
  #fail(cause: Error): void {
    this.#error = cause;
    this.#owner.readinessChanged();
    if (this.#isWatched) return;
    const incident = failureIncident("connection-failed", "the ganglion cannot be opened", cause);
    this.#owner.report({ ganglion: this.#owner.name, ...incident });
  }
}
