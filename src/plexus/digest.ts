/**
 * A 32-bit fingerprint of a payload (FNV-1a), to recognise a copy that comes back from a network
 * whose peers give messages no id. Not proof against somebody who wants two to be alike.
 */
export function digestOf(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < bytes.length; index++) {
    hash = Math.imul(hash ^ (bytes[index] as number), 0x01000193);
  }
  return hash >>> 0;
}
