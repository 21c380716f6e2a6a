/** Text in ZMTP: names, socket types and error reasons are ASCII, so no decoder is needed. */

/** The bytes of `text`, which has ASCII characters only. */
export function asciiBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index++) bytes[index] = text.charCodeAt(index);
  return bytes;
}

/** `bytes` as text for people and comparisons: what is neither visible ASCII nor a space is `?`. */
export function asciiText(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) {
    text += isVisible(byte) || byte === 0x20 ? String.fromCharCode(byte) : "?";
  }
  return text;
}

/** True for `VCHAR` of RFC 5234: printing characters without the space. */
export function isVisible(byte: number): boolean {
  return byte > 0x20 && byte < 0x7f;
}
