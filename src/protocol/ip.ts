/** IP addresses as text: RFC 1123's four numbers, and RFC 4291 (section 2.2) and RFC 5952 for IPv6. */

/** @returns 4 or 16 bytes, undefined if the text is not an address. */
export function parseIp(text: string): Uint8Array | undefined {
  return text.includes(":") ? parseIpv6(text) : parseIpv4(text);
}

/** @param bytes 4 or 16. */
export function formatIp(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join(".");
  const groups = Array.from({ length: 8 }, (_, index) =>
    (((bytes[index * 2] ?? 0) << 8) | (bytes[index * 2 + 1] ?? 0)).toString(16),
  );
  // RFC 5952, section 4.2: the longest run of zeros is left out, the first of equals, none alone.
  const runs = [...groups.join(":").matchAll(/\b0(?::0\b)+/g)];
  const longest = runs.reduce((best, [run]) => (run.length > best.length ? run : best), "");
  if (longest === "") return groups.join(":");
  const whole = `:${groups.join(":")}:`;
  const at = whole.indexOf(`:${longest}:`);
  const left = whole.slice(1, Math.max(at, 1));
  const right = whole.slice(at + longest.length + 2, -1);
  return `${left}::${right}`;
}

/** RFC 5771, section 3: 224.0.0.0/4. RFC 4291, section 2.7: ff00::/8. @param bytes 4 or 16. */
export function isMulticastIp(bytes: Uint8Array): boolean {
  const first = bytes[0] ?? 0;
  return bytes.length === 4 ? first >> 4 === 0xe : first === 0xff;
}

function parseIpv4(text: string): Uint8Array | undefined {
  const parts = text.split(".");
  if (parts.length !== 4) return undefined;
  const numbers = parts.map((part) => (/^(0|[1-9]\d{0,2})$/.test(part) ? Number(part) : 256));
  return numbers.every((number) => number < 256) ? Uint8Array.from(numbers) : undefined;
}

function parseIpv6(text: string): Uint8Array | undefined {
  const halves = endInHexadecimal(text)?.split("::") ?? [];
  if (halves.length === 0 || halves.length > 2) return undefined;
  const [head = [], tail] = halves.map((half) => (half === "" ? [] : half.split(":")));
  const missing = 8 - head.length - (tail?.length ?? 0);
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  const groups = [...head, ...Array<string>(missing).fill("0"), ...(tail ?? [])];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return Uint8Array.from(
    groups.flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 0xff]),
  );
}

/**
 * The last two groups may be written as an IPv4 address is, `::ffff:192.0.2.1`.
 * @returns undefined if they are, but not as one.
 */
function endInHexadecimal(text: string): string | undefined {
  const tailStart = text.lastIndexOf(":") + 1;
  const tail = text.slice(tailStart);
  if (!tail.includes(".")) return text;
  const bytes = parseIpv4(tail);
  if (bytes === undefined) return undefined;
  const [first = 0, second = 0, third = 0, fourth = 0] = bytes;
  const groups = [(first << 8) | second, (third << 8) | fourth];
  return text.slice(0, tailStart) + groups.map((group) => group.toString(16)).join(":");
}
