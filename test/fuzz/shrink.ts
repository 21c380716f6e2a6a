/** Shrink: makes an input shorter while it does what it is kept for. */

// Each costs what the input costs, which may be much where that is what is wrong with it.
const attemptsMax = 3_000;

/**
 * Takes parts out, large ones first.
 * @param holds Whether an input still does it. The one given does.
 */
export function shrink(input: Uint8Array, holds: (shorter: Uint8Array) => boolean): Uint8Array {
  let shortest = input;
  let attemptCount = 0;
  for (
    let size = Math.ceil(input.length / 2);
    size >= 1;
    size = size === 1 ? 0 : Math.ceil(size / 2)
  ) {
    for (let at = 0; at < shortest.length && attemptCount < attemptsMax; attemptCount++) {
      const shorter = without(shortest, at, size);
      if (holds(shorter)) shortest = shorter;
      else at += size;
    }
  }
  return shortest;
}

function without(bytes: Uint8Array, at: number, count: number): Uint8Array {
  return Uint8Array.of(...bytes.subarray(0, at), ...bytes.subarray(at + count));
}
