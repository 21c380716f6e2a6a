/** Text from outside, made fit for one line of a terminal. */

/**
 * Control characters, an escape sequence's beginning among them; what ends a line; and what cannot
 * be seen, some of which turns the order of what can.
 */
const unfit = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/**
 * `text` with each such character as JSON escapes it: a newline becomes `\u000a`. Inside the
 * strings of JSON text this changes nothing but the spelling.
 */
export function onOneLine(text: string): string {
  return text.replace(unfit, escaped);
}

/** As JSON escapes it: a character beyond U+FFFF is two code units. */
function escaped(character: string): string {
  return Array.from({ length: character.length }, (_, index) => {
    return `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`;
  }).join("");
}
