/**
 * A 32-bit fingerprint of a payload (FNV-1a), to recognise a copy that comes back from a network
 * whose peers give messages no id. Not proof against somebody who wants two to be alike.
 * @param start The digest of what comes before `bytes`.
 */
export function digestOf(bytes: Uint8Array, start = 0x811c9dc5): number {
  let hash = start;
  for (let index = 0; index < bytes.length; index++) {
    hash = Math.imul(hash ^ (bytes[index] as number), 0x01000193);
  }
  return hash >>> 0;
}
