/** Checks of limits and times that are options of a core. */
import { UsageError } from "../errors.ts";

/** @throws {UsageError} if `value` is neither undefined nor above 0. */
export function checkAbove0(name: string, value: number | undefined): void {
  if (value === undefined || value > 0) return;
  throw new UsageError(`${name} is ${value}, it must be above 0`, { details: { [name]: value } });
}
