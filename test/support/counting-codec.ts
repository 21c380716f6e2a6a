/** CountingCodec: text, with a count of what was encoded and decoded. */
import type { Codec } from "../../src/codec/codec.ts";
import { CodecError } from "../../src/errors.ts";

/** A value that it does not encode. */
export const unfitText = "\u0000unfit";
/** Bytes that it does not decode. */
export const unfitBytes: Uint8Array = Uint8Array.of(0xff);

export class CountingCodec implements Codec<string> {
  readonly name: string;
  encoded = 0;
  decoded = 0;

  constructor(name = "text") {
    this.name = name;
  }

  encode(value: string): Uint8Array {
    this.encoded += 1;
    if (value === unfitText) throw new CodecError("the value is unfit");
    return new TextEncoder().encode(value);
  }

  decode(bytes: Uint8Array): string {
    this.decoded += 1;
    if (bytes[0] === unfitBytes[0]) throw new CodecError("the bytes are unfit");
    return new TextDecoder().decode(bytes);
  }
}
