/** Checks of options that are numbers: NaN and a slip of the sign are told at once. */
import { UsageError } from "./errors.ts";

/** @throws {UsageError} unless `value` is a whole number from `min` on, or infinite. */
export function checkCount(name: string, value: number, min = 1): number {
  const isWhole = Number.isSafeInteger(value) || value === Number.POSITIVE_INFINITY;
  if (isWhole && value >= min) return value;
  throw new UsageError(`${name} is ${value}; give a whole number from ${min} on`, {
    details: { [name]: value, min },
  });
}

/** @throws {UsageError} unless `value` is a time from 0 on, or infinite. */
export function checkMilliseconds(name: string, value: number): number {
  if (value >= 0) return value;
  throw new UsageError(`${name} is ${value}; give milliseconds, from 0 on`, {
    details: { [name]: value },
  });
}
