/** Quantities as people read them. */

const prefixes = ["", "k", "M", "G", "T", "P"] as const;

/** `3.1 kB`, in powers of a thousand. */
export function bytesText(byteCount: number): string {
  let value = byteCount;
  let index = 0;
  // Below the next power once rounded, so that there is no `1000.0 kB`.
  while (value >= 999.95 && index < prefixes.length - 1) {
    value /= 1000;
    index += 1;
  }
  return `${value.toFixed(index === 0 ? 0 : 1)} ${prefixes[index]}B`;
}

export function rateText(bytesPerSecond: number): string {
  return `${bytesText(bytesPerSecond)}/s`;
}

export function shareText(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

export function celsiusText(celsius: number): string {
  return `${celsius.toFixed(1)} °C`;
}

/** Right-aligned, as the times in a list are. */
export function secondsText(ms: number): string {
  return `${(ms / 1000).toFixed(1).padStart(6)} s`;
}
