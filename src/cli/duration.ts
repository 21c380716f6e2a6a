/** Durations as people type them: `10s`, `500ms`, `2m`. */
import { UsageError } from "plexo";

const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;

/** What a timer of Node can wait at most: 2^31 - 1 ms, some 24 days. Beyond it would fire at once. */
const durationMsMax = 2_147_483_647;

/**
 * The milliseconds of a number with its unit: `ms`, `s`, `m`, `h`, or none for seconds. Fractions
 * are rounded to whole milliseconds.
 * @throws {UsageError} if `text` is none, or is longer than a timer can be.
 */
export function parseDuration(text: string): number {
  const [, digits, unit = "s"] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text) ?? [];
  if (digits === undefined) {
    throw new UsageError(`${JSON.stringify(text)} is no duration, as 10s, 500ms, 2m and 1.5h are`, {
      details: { text },
    });
  }
  // The expression lets no other unit through.
  const durationMs = Math.round(Number(digits) * unitMs[unit as keyof typeof unitMs]);
  if (durationMs > durationMsMax) {
    throw new UsageError(`a duration of ${text} is too long; at most 596h are taken`, {
      details: { text, durationMs, durationMsMax },
    });
  }
  return durationMs;
}
