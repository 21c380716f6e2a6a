/** Every error class of plexo. `code` never changes; `details` has the parts of the message. */

/** The stable codes, one per class; compare these rather than messages. */
export type PlexoErrorCode =
  | "PLEXO_USAGE"
  | "PLEXO_CODEC"
  | "PLEXO_PEER"
  | "PLEXO_TRANSPORT"
  | "PLEXO_CONSENSUS"
  | "PLEXO_CLOSED";

/** The parts an error message is made of, so that nobody has to parse its text. */
export type ErrorDetails = Readonly<Record<string, unknown>>;

/** What an error is made with beside its message. */
export interface PlexoErrorOptions {
  readonly cause?: unknown;
  readonly details?: ErrorDetails;
}

/** The base of all errors thrown by plexo. */
export abstract class PlexoError extends Error {
  abstract readonly code: PlexoErrorCode;
  /** The values the message names: a topic, a limit, an address. */
  readonly details: ErrorDetails;

  constructor(message: string, options: PlexoErrorOptions = {}) {
    super(message, "cause" in options ? { cause: options.cause } : undefined);
    this.name = new.target.name;
    this.details = options.details ?? {};
  }
}

/** You called it wrongly: thrown at the call, or rejects it. */
export class UsageError extends PlexoError {
  readonly code = "PLEXO_USAGE";
}

/** A value, or the bytes of one, do not fit the schema. Thrown by encode; on arrival an incident. */
export class CodecError extends PlexoError {
  readonly code = "PLEXO_CODEC";
}

/** The other end broke a rule of the protocol. Its connection closes, and it is an incident. */
export class PeerError extends PlexoError {
  readonly code = "PLEXO_PEER";
}

/** The system or the network said no; see `cause`. Rejects the call that met it, else an incident. */
export class TransportError extends PlexoError {
  readonly code = "PLEXO_TRANSPORT";
}

/** No address was agreed on in time. Rejects `adapt` of a multicast ganglion. */
export class ConsensusError extends PlexoError {
  readonly code = "PLEXO_CONSENSUS";
}

/** Used after `close()`. */
export class ClosedError extends PlexoError {
  readonly code = "PLEXO_CLOSED";
}
