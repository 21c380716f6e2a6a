/** Incidents: typed events for what went wrong with no caller to throw at. */
import { because } from "./cause.ts";
import { textOfIncident } from "./incident-text.ts";
import { publishUnheard } from "./io/diagnostics.ts";
import { onOneLine } from "./one-line.ts";

/** Why a message was not passed on. Each has its counter in `Stats.dropped`. */
export type DropReason =
  /** A queue was full and its policy was `drop-newest`, `drop-oldest` or `error`. */
  | "queue-full"
  /** A queue was full, its policy was `block`, and the wait took too long or too many waited. */
  | "timed-out"
  /** The sender gave up by its `AbortSignal` while it waited for a place. */
  | "aborted"
  /**
   * Still in a queue when its subscription ended, the subscriber it was for was gone, or the linger
   * time of a closed ganglion was over.
   */
  | "closed"
  /** Arrived, or was transmitted, but nobody reacts to its topic. */
  | "unclaimed"
  /** Arrived again: its id was seen before. */
  | "duplicate"
  /** Arrived, but the codec could not decode it. */
  | "undecodable"
  /** Arrived, but was not a message at all. */
  | "malformed"
  /** Sent on a connection that broke before the peer confirmed it. It may have arrived. */
  | "unconfirmed"
  /** Lost on a multicast network beyond repair. Counted in packets, which may hold several messages. */
  | "lost"
  /** Arrived on more topics than `topicsMax` allows. */
  | "topic-limit"
  /** Not forwarded to a ganglion that could not take it: too long for it, say. */
  | "unsendable"
  /** Not forwarded: it had crossed 16 transports. Local reactants got it. */
  | "hop-limit"
  /** Arrived without an id, and is a copy of ours that came back; see `echoGuardMs`. */
  | "echo"
  /** Not forwarded: its topic goes round between two networks, so forwarding pauses. */
  | "loop"
  /** Not forwarded: it is older than the window of ids, so it may be a repeat. */
  | "late";

/** What went wrong, in a word. */
export type IncidentKind =
  | "dropped"
  | "reactant-failed"
  | "transmit-failed"
  | "connection-failed"
  | "connection-lost"
  | "peer-refused"
  | "disagreement"
  | "forwarding-paused"
  | "loop-suspected"
  | "name-shortened";

/** One thing that went wrong, once. */
export interface Incident {
  readonly kind: IncidentKind;
  /** What happened, and why where there is a cause: one sentence, for people. */
  readonly message: string;
  readonly topic?: string;
  /** The name of the ganglion, its URL where it has one. */
  readonly ganglion?: string;
  /** With `dropped`: why. */
  readonly reason?: DropReason;
  /** Where the peer is that it is about, where there is one: `127.0.0.1:5580`, or a path. */
  readonly remote?: string;
  /** How many messages, connections or failures; 1 when absent. */
  readonly count?: number;
  readonly cause?: unknown;
}

/** That messages were dropped. */
export function dropIncident(reason: DropReason, count: number, cause: unknown): Incident {
  const what = count === 1 ? "a message was dropped" : `${count} messages were dropped`;
  return cause === undefined
    ? { kind: "dropped", reason, count, message: `${what}: ${reason}` }
    : { kind: "dropped", reason, count, message: because(`${what} as ${reason}`, cause), cause };
}

/** That something else went wrong because of `cause`. */
export function failureIncident(kind: IncidentKind, what: string, cause: unknown): Incident {
  return { kind, message: because(what, cause), cause };
}

/** Called with each incident; what it throws stops nobody. */
export type IncidentListener = (incident: Incident) => void;

/** For an incident that nobody listens to: the diagnostics channel and a rate-limited warning. */
export function reportUnheard(incident: Incident): void {
  publishUnheard(incident, () => onOneLine(`${incident.kind}: ${textOfIncident(incident)}`));
}
