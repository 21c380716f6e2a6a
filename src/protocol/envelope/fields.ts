/** What an envelope says, wherever in its bytes it says so. */
import { UsageError } from "../../errors.ts";
import { Span } from "../span.ts";

/**
 * An impulse's id as the wire has it. The 64 bits of the origin come in halves, because a bigint
 * would be an allocation per message.
 */
export interface EnvelopeId {
  /**
   * The upper 32 bits of the origin, signed: to the engine that is a small integer, while an
   * unsigned one may cost an allocation.
   */
  readonly originHigh: number;
  /** The lower 32 bits, signed. An origin is never 0 as a whole: on the wire that says "no id". */
  readonly originLow: number;
  /** An integer from 0 to 2^53-1. */
  readonly sequence: number;
  /** An integer from 0 to 255. */
  readonly hops: number;
}

/** @throws {UsageError} unless its parts are in their ranges. */
export function checkId({ originHigh, originLow, sequence, hops }: EnvelopeId): void {
  if (
    (originHigh | originLow) !== 0 &&
    Number.isSafeInteger(sequence) &&
    sequence >= 0 &&
    (hops & 0xff) === hops
  ) {
    return;
  }
  throw new UsageError(
    `id of origin ${originHigh}:${originLow}, sequence ${sequence}, hops ${hops}; take an origin ` +
      "other than 0 (which stands for no id), a sequence from 0 to 2^53-1, and hops from 0 to 255",
    { details: { originHigh, originLow, sequence, hops } },
  );
}

/** What the reader of a layout fills in: all of it or, if it finds no envelope, nothing. */
export interface EnvelopeFields {
  /** Where the topic lies, without its NUL. */
  readonly topic: Span;
  /** A view into the chunk that was read. */
  payload: Uint8Array;
  /** Whether there is an id. If not, its parts are 0. */
  labelled: boolean;
  originHigh: number;
  originLow: number;
  sequence: number;
  hops: number;
}

/** The fields before anything was read. */
export function noFields(): EnvelopeFields {
  return {
    topic: new Span(),
    payload: new Uint8Array(0),
    labelled: false,
    originHigh: 0,
    originLow: 0,
    sequence: 0,
    hops: 0,
  };
}

/** Says that there is no id. */
export function clearId(fields: EnvelopeFields): void {
  fields.labelled = false;
  fields.originHigh = 0;
  fields.originLow = 0;
  fields.sequence = 0;
  fields.hops = 0;
}
