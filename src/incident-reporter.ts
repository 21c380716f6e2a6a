/** IncidentReporter: those who listen to the incidents of one ganglion. */
import {
  failureIncident,
  type Incident,
  type IncidentListener,
  reportUnheard,
} from "./incident.ts";
import { Registration, type Subscription } from "./subscription.ts";

// A listener that transmits may cause the next incident by it, and so on without end.
const nestingMax = 8;

export class IncidentReporter {
  // Replaced, never changed in place: a listener may come or go while it is called.
  #listeners: readonly IncidentListener[] = [];
  readonly #open = new Set<Registration>();
  #nesting = 0;

  /** A listener that is given twice is told twice, until one of the two subscriptions ends. */
  subscribe(listener: IncidentListener): Subscription {
    this.#listeners = [...this.#listeners, listener];
    const registration: Registration = new Registration(() => {
      this.#open.delete(registration);
      this.#listeners = this.#listeners.toSpliced(this.#listeners.indexOf(listener), 1);
    });
    this.#open.add(registration);
    return registration;
  }

  /**
   * Tells every listener. A listener that throws stops no other.
   * @returns False if nobody was told: there is no listener, or they have caused this incident
   *   themselves, over and over.
   */
  tell(incident: Incident): boolean {
    if (this.#listeners.length === 0 || this.#nesting >= nestingMax) return false;
    this.#nesting += 1;
    try {
      for (const listener of this.#listeners) callSafely(listener, incident);
    } finally {
      // Where the stack is used up, to call a listener safely fails as well.
      this.#nesting -= 1;
    }
    return true;
  }

  /** Ends all subscriptions. */
  end(): void {
    for (const registration of [...this.#open]) registration.unsubscribe();
  }
}

function callSafely(listener: IncidentListener, incident: Incident): void {
  const failed = (cause: unknown): void => {
    const what = `a listener for incidents failed, told "${incident.message}"`;
    reportUnheard(failureIncident("reactant-failed", what, cause));
  };
  try {
    // A listener may be asynchronous, whatever its type says.
    const outcome: unknown = listener(incident);
    if (outcome instanceof Promise) outcome.catch(failed);
  } catch (cause) {
    failed(cause);
  }
}
