/** The only source of chance. By the global: it loads 30 modules of Node when first asked. */

/** 32 random bits, unsigned. */
export function randomUint32(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
}
