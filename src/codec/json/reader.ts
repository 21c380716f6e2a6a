/** Reads JSON, and refuses what reading it into doubles would change without a word. */

import { reasonOf } from "../../cause.ts";
import { CodecError } from "../../errors.ts";
import { readUtf8 } from "../utf8.ts";
import { misfitError } from "./misfit.ts";

/** A literal is quoted up to here; 1.8e308 has 309 digits. */
const literalUnitsMax = 40;

/**
 * The value that `bytes` stand for: strict JSON (RFC 8259) in UTF-8. A byte order mark at the
 * start is passed over, as the RFC allows and the Python original does. Of equal keys the last
 * one counts; a key `__proto__` is a key like another.
 *
 * @throws {CodecError} if they are not, if arrays and objects are nested more than `depthMax`
 *   levels deep, or if a number in it has no double: beyond 1.8e308, or an integer with more
 *   digits than a double keeps. (Fractions are rounded, as everywhere.)
 */
export function readJson(bytes: Uint8Array, depthMax: number): unknown {
  const text = readUtf8(bytes, "omit");
  const value = parse(text);
  // The parsed value has fewer things to look at than its text has characters: a tenth of the time
  // of JSON.parse, and the text is searched only if the value says there is reason to.
  if (hasDoubtfulNumber(value, depthMax, depthMax)) refuseChangedNumbers(text);
  return value;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw misfitError({
      subject: "payload",
      pointer: "",
      reason: `not JSON: ${reasonOf(cause)}`,
      cause,
    });
  }
}

/**
 * True if a number in `value` is so large that it may stand for another in the text.
 * @throws {CodecError} if `value` has more than `levelsLeft` levels. JSON.parse itself knows no
 *   limit, but every recursive reader after it has one.
 */
function hasDoubtfulNumber(value: unknown, levelsLeft: number, depthMax: number): boolean {
  if (typeof value === "number") return Math.abs(value) > Number.MAX_SAFE_INTEGER;
  if (typeof value !== "object" || value === null) return false;
  if (levelsLeft === 0) {
    const reason = `nested more than ${depthMax} levels (depthMax)`;
    throw misfitError({ subject: "payload", pointer: "", reason });
  }
  let doubtful = false;
  if (Array.isArray(value)) {
    for (const element of value) {
      if (hasDoubtfulNumber(element, levelsLeft - 1, depthMax)) doubtful = true;
    }
  } else {
    for (const key in value) {
      // `key` was just read from it.
      const field = (value as Record<string, unknown>)[key];
      if (hasDoubtfulNumber(field, levelsLeft - 1, depthMax)) doubtful = true;
    }
  }
  return doubtful;
}

/**
 * Finds the number literals of `text`, known to be JSON. By hand, as a regular expression that
 * skips strings overflows V8's stack at some megabytes of them.
 */
function refuseChangedNumbers(text: string): void {
  let index = 0;
  while (index < text.length) {
    const character = text.charAt(index);
    if (character === '"') {
      index = endOfString(text, index);
    } else if (character === "-" || isDigit(character)) {
      const end = endOfNumber(text, index);
      refuseChangedNumber(text, index, end);
      index = end;
    } else {
      index += 1;
    }
  }
}

function endOfString(text: string, start: number): number {
  let index = start + 1;
  while (text.charAt(index) !== '"') index += text.charAt(index) === "\\" ? 2 : 1;
  return index + 1;
}

function endOfNumber(text: string, start: number): number {
  let index = start + 1;
  while (index < text.length && "0123456789.eE+-".includes(text.charAt(index))) index += 1;
  return index;
}

function isDigit(character: string): boolean {
  return character >= "0" && character <= "9";
}

/**
 * An integer passes if a double holds it exactly, or if it is how JavaScript writes that double
 * (2^63 as 9223372036854776000): then it most likely was one. A point or an exponent makes a
 * literal a measured value, which may be rounded.
 */
function refuseChangedNumber(text: string, start: number, end: number): void {
  const literal = text.slice(start, end);
  const number = Number(literal);
  const shown =
    literal.length > literalUnitsMax ? `${literal.slice(0, literalUnitsMax)}…` : literal;
  if (!Number.isFinite(number)) {
    throw new CodecError(`payload refused: number ${shown} is beyond 1.8e308, the largest double`, {
      details: { subject: "payload", literal: shown, index: start },
    });
  }
  if (!/^-?\d+$/.test(literal) || literal === String(number)) return;
  if (BigInt(literal) !== BigInt(number)) {
    throw new CodecError(
      `payload refused: integer ${shown} is no double, the nearest is ${BigInt(number)}; ` +
        "its sender should write it as a string",
      { details: { subject: "payload", literal: shown, index: start } },
    );
  }
}
