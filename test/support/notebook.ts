/** What tests write down: incidents, the order of events, and gates that hold reactants. */
import type { Ganglion } from "../../src/ganglion/ganglion.ts";
import type { Incident } from "../../src/incident.ts";

/** The incidents of a ganglion from now on. Without it they would be warnings of the process. */
export function incidentsOf(ganglion: Pick<Ganglion, "on">): Incident[] {
  const incidents: Incident[] = [];
  ganglion.on("incident", (incident) => incidents.push(incident));
  return incidents;
}

export interface Gate {
  readonly opened: Promise<void>;
  open(): void;
}

export function makeGate(): Gate {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

/** Resolves when all microtasks that are due, and those that follow from them, have run. */
export function microtasks(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** What a promise came to: its value or the reason of its rejection, or that it is still pending. */
export async function outcomeOf(promise: Promise<unknown>): Promise<unknown> {
  const pending = microtasks().then(() => "pending");
  return Promise.race([
    promise.then(
      () => "resolved",
      (reason: unknown) => reason,
    ),
    pending,
  ]);
}
