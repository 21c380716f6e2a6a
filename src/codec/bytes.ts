/** The codec of bytes as they are: the topic ends in `bytes`. */
import { CodecError } from "../errors.ts";
import type { Codec } from "./codec.ts";

/**
 * The bytes themselves, any of them. Copied both ways: on encode because the sender may change its
 * array while the message still waits to be sent, on decode because the buffer is used again.
 * What must not be copied goes by `transmitRaw` and `reactRaw`, which use no codec.
 */
export const bytesCodec: Codec<Uint8Array> = {
  name: "bytes",

  encode(value) {
    if (!(value instanceof Uint8Array)) {
      throw new CodecError(`bytesCodec takes a Uint8Array, not a value of type ${typeof value}`, {
        details: { type: typeof value },
      });
    }
    return new Uint8Array(value);
  },

  decode(bytes) {
    return new Uint8Array(bytes);
  },
};
