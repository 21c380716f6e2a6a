/** What tests of transports share: to wait for what a ganglion tells, or brings. */
import type { Ganglion } from "../../src/ganglion/ganglion.ts";
import type { Incident, IncidentKind } from "../../src/incident.ts";
import type { Neuron } from "../../src/neuron.ts";

export interface IncidentLog {
  /** Resolves with the first of a kind, or with the one that makes them so many. */
  next(kind: IncidentKind, count?: number): Promise<Incident>;
  of(kind: IncidentKind): readonly Incident[];
}

/** The incidents of a ganglion from now on. */
export function incidentsOf(ganglion: Pick<Ganglion, "on">): IncidentLog {
  const seen: Incident[] = [];
  const looks = new Set<() => void>();
  ganglion.on("incident", (incident) => {
    seen.push(incident);
    for (const look of looks) look();
  });
  const of = (kind: IncidentKind): Incident[] => seen.filter((incident) => incident.kind === kind);
  return {
    of,
    next: (kind, count = 1) =>
      new Promise((resolve) => {
        const look = (): void => {
          const found = of(kind)[count - 1];
          if (found === undefined) return;
          looks.delete(look);
          resolve(found);
        };
        looks.add(look);
        look();
      }),
  };
}

/** The next value of a neuron that arrives. */
export function first<T>(ganglion: Pick<Ganglion, "react">, neuron: Neuron<T>): Promise<T> {
  return new Promise((resolve) => {
    const subscription = ganglion.react(neuron, (value) => {
      subscription.unsubscribe();
      resolve(value);
    });
  });
}

/** How many messages, connections or failures they are about together. */
export function countOf(incidents: readonly Incident[]): number {
  return incidents.reduce((sum, { count = 1 }) => sum + count, 0);
}
