/** Codec (plain term: serializer): turns a value into bytes and back, and has a name. */
export interface Codec<T> {
  /**
   * The last part of every topic that uses this codec, so part of the address: `json`,
   * `string_UTF-8`. No dot, no space, no control or invisible character, no `*` and no `>`.
   */
  readonly name: string;

  /**
   * The bytes of `value`. They belong to the caller from then on: a codec keeps no reference.
   * @throws {CodecError} if the value does not fit.
   */
  encode(value: T): Uint8Array;

  /**
   * The value that `bytes` stand for. The buffer is reused after the call, so the value must not
   * refer to it (`bytesCodec`, whose value is the buffer, copies).
   * @throws {CodecError} if the bytes are not such a value, and nothing else, whatever they are.
   */
  decode(bytes: Uint8Array): T;
}

/** When a codec with a schema checks: on encode and decode, on decode only, or never. */
export type Validate = "both" | "receive" | "none";
