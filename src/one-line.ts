/** Text from outside, made fit for one line of a terminal. */

/** Control characters, an escape sequence's beginning among them, and what ends a line. */
const unfit = /[\p{Cc}\p{Zl}\p{Zp}]/gu;

/**
 * `text` with each such character as JSON escapes it: a newline becomes `\u000a`. Inside the
 * strings of JSON text this changes nothing but the spelling.
 */
export function onOneLine(text: string): string {
  return text.replace(
    unfit,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
