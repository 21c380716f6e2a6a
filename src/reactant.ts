/** Reactant (plain term: callback): a function that is called with each message of one neuron. */
import type { Impulse } from "./impulse.ts";
import type { OptionTable } from "./options.ts";
import { type QueueOptions, queueOptionTable } from "./queue.ts";

/**
 * Called with each value. A promise that it returns (or whatever has a `then`) is awaited before its
 * next call; anything else that it returns is ignored.
 */
export type Reactant<T> = (value: T, impulse: Impulse<T>) => unknown;

/**
 * Called with the bytes as they arrived. They are a view into a larger buffer: copy what you keep.
 * What it returns is treated as with a `Reactant`.
 */
export type RawReactant = (bytes: Uint8Array, impulse: Impulse) => unknown;

/** How a reactant is called, and until when. */
export interface ReactOptions {
  /** Ends the subscription. */
  readonly signal?: AbortSignal;
  /** How many calls may be unsettled at once. Default 1, which keeps order. */
  readonly concurrency?: number;
  /** What holds the messages that arrive meanwhile. Default 1000 messages, policy `block`. */
  readonly queue?: QueueOptions;
}

export const reactOptionTable: OptionTable<ReactOptions> = {
  signal: "an AbortSignal",
  concurrency: "a number",
  queue: queueOptionTable,
};
