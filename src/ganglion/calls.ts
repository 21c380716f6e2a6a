/** Calls: what those of a ganglion are given, checked for programs that no compiler has checked. */
import { UsageError } from "../errors.ts";
import { checkFunction, misgiven } from "../given.ts";
import { checkOptions, type OptionTable } from "../options.ts";
import type { Patience } from "../queue.ts";
import { checkMilliseconds } from "../ranges.ts";
import { type ReactOptions, reactOptionTable } from "../reactant.ts";
import type { AdaptOptions, CloseOptions, ReadyOptions, TransmitOptions } from "./ganglion.ts";

const transmitOptionTable: OptionTable<TransmitOptions> = {
  signal: "an AbortSignal",
  timeoutMs: "a number",
};

export const adaptOptionTable: OptionTable<AdaptOptions> = { signal: "an AbortSignal" };

export const readyOptionTable: OptionTable<ReadyOptions> = {
  receivers: "a number",
  signal: "an AbortSignal",
};

const closeOptionTable: OptionTable<CloseOptions> = { lingerMs: "a number" };

/** @throws {UsageError} */
export function checkReactant(
  call: "react" | "reactRaw",
  reactant: unknown,
  options: ReactOptions,
): void {
  checkFunction(`the reactant given to ${call}`, reactant);
  checkOptions(call, options, reactOptionTable);
}

/** @throws {UsageError} where what may be a topic or a pattern is nothing at all. */
export function checkTarget(call: "reactRaw" | "adapt", target: string): void {
  if (target !== "") return;
  throw new UsageError(
    `the target given to ${call} is empty; give a topic, or a pattern: > is all`,
    {
      details: { target },
    },
  );
}

/**
 * How long a call that sends waits for a place in a queue; as `usual` where its options say nothing.
 * @throws {UsageError} if an option is wrong. @throws the reason of a signal that is aborted.
 */
export function patienceOf(
  call: "transmit" | "transmitRaw",
  options: TransmitOptions | undefined,
  usual: Patience,
): Patience {
  if (options === undefined) return usual;
  checkOptions(call, options, transmitOptionTable);
  options.signal?.throwIfAborted();
  const { timeoutMs, signal } = options;
  if (timeoutMs === undefined) return { timeoutMs: usual.timeoutMs, signal };
  return { timeoutMs: checkMilliseconds("timeoutMs", timeoutMs), signal };
}

/** @throws {UsageError} */
export function checkPayload(bytes: Uint8Array): void {
  if (bytes instanceof Uint8Array) return;
  throw misgiven("the payload given to transmitRaw", bytes, "a Uint8Array");
}

/** @throws {UsageError} */
export function checkClose(options: CloseOptions): void {
  checkOptions("close", options, closeOptionTable);
  if (options.lingerMs !== undefined) checkMilliseconds("lingerMs", options.lingerMs);
}

/** @throws {UsageError} */
export function checkListener(event: string, listener: unknown): void {
  if (event !== "incident") throw misgiven("the event given to on", event, '"incident"');
  checkFunction('the listener given to on("incident")', listener);
}
