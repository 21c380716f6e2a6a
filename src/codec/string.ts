/** The codec of plain text, as the Python original has it: the topic ends in `string_UTF-8`. */
import { CodecError } from "../errors.ts";
import type { Codec } from "./codec.ts";
import { readUtf8, Utf8Writer } from "./utf8.ts";

const surrogateAlone = /\p{Surrogate}/u;
// Not shared state in any sense that shows: the writer hands out no byte twice.
const writer = new Utf8Writer();

/**
 * Any text, as UTF-8. A byte order mark is a character like another and stays. Refused: a lone
 * surrogate on encode, as UTF-8 has no bytes for it, and on decode what is not UTF-8.
 */
export const stringCodec: Codec<string> = {
  name: "string_UTF-8",

  encode(value) {
    if (typeof value !== "string") {
      throw new CodecError(`stringCodec takes a string, not a value of type ${typeof value}`, {
        details: { type: typeof value },
      });
    }
    const bytes = writer.write(value);
    // As many bytes as units is ASCII, where no surrogate is.
    if (bytes.length !== value.length && surrogateAlone.test(value)) {
      const index = value.search(surrogateAlone);
      throw new CodecError(
        `text of ${value.length} units has half a surrogate pair at index ${index}, ` +
          "which UTF-8 cannot express: a character was cut in two",
        { details: { index, unitCount: value.length } },
      );
    }
    return bytes;
  },

  decode(bytes) {
    return readUtf8(bytes, "keep");
  },
};
