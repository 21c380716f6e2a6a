/** UTF-8, by the two classes of the WHATWG Encoding Standard that every platform has. */

// In words of our own, since this folder is compiled without the types of any platform; and in here
// rather than in a declaration file, which would clash with the platform's types elsewhere.
declare const TextEncoder: new () => { encode(text: string): Uint8Array };
declare const TextDecoder: new (
  label: "utf-8",
  options: { readonly fatal: true; readonly ignoreBOM: true },
) => { decode(bytes: Uint8Array): string };

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The bytes of `text`, a lone surrogate being replaced by U+FFFD. */
export function encodeUtf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/**
 * The text that `bytes` are; a byte order mark stays in it.
 * @throws {TypeError} if they are not UTF-8.
 */
export function decodeUtf8(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}
