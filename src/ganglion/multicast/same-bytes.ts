/** Whether two byte strings are equal; from the end, where topics of one namespace differ. */
export function isSameBytes(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false;
  for (let index = left.length - 1; index >= 0; index -= 1) {
    if (left[index] !== right[index]) return false;
  }
  return true;
}
