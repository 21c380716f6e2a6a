/** Calls: what those of a ganglion are given, checked for programs that no compiler has checked. */
import { checkFunction, misgiven } from "../given.ts";
import { checkOptions, type OptionTable } from "../options.ts";
import { checkMilliseconds } from "../ranges.ts";
import { type ReactOptions, reactOptionTable } from "../reactant.ts";
import type { AdaptOptions, CloseOptions, ReadyOptions, TransmitOptions } from "./ganglion.ts";

export const transmitOptionTable: OptionTable<TransmitOptions> = {
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
