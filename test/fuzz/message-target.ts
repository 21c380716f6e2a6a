/** Targets that decode whole messages. */
import { inspect, isDeepStrictEqual } from "node:util";
import { PeerError } from "../../src/errors.ts";
import { Finding, type FuzzTarget } from "./target.ts";

export interface MessageDecoder<T> extends Omit<FuzzTarget, "check"> {
  /**
   * All that is in a message, in the form of values that can be compared.
   * @throws {PeerError} for what is refused.
   */
  decode(bytes: Uint8Array): T;
  /** The bytes that say the same; undefined where our encoder has no way to say it. */
  encode?(value: T): Uint8Array | undefined;
  /** Whether a value can be written in one way only, but for upper and lower case. */
  readonly hasOneForm?: boolean;
}

/** What came of bytes: a value, or the words in which they were refused. */
type Outcome<T> = { readonly value: T } | { readonly refusal: string };

const marginBytes = 8;

export function messageTarget<T>(decoder: MessageDecoder<T>): FuzzTarget {
  return {
    dictionary: decoder.dictionary,
    check(input) {
      const original = input.slice();
      const outcome = decode(decoder, input);
      if (!isDeepStrictEqual(input, original)) {
        throw new Finding("the input is not written to", "it has changed");
      }
      const amid = decode(decoder, amidNoise(input));
      if (!isDeepStrictEqual(amid, outcome)) {
        throw new Finding(
          "what surrounds the input changes nothing",
          `${show(outcome)} alone, ${show(amid)} as a part of more`,
        );
      }
      if ("value" in outcome) checkEncoded(decoder, outcome.value, input);
    },
  };
}

function checkEncoded<T>(decoder: MessageDecoder<T>, value: T, input: Uint8Array): void {
  const encoded = decoder.encode?.(value);
  if (encoded === undefined) return;
  const again = decode(decoder, encoded);
  if (!isDeepStrictEqual(again, { value })) {
    throw new Finding(
      "what is encoded again decodes alike",
      `${show({ value })} first, then ${show(again)} from ${Buffer.from(encoded).toString("hex")}`,
    );
  }
  if (decoder.hasOneForm === true && lowerCaseOf(encoded) !== lowerCaseOf(input)) {
    throw new Finding(
      "what is encoded again is the input",
      `${show({ value })} gives ${Buffer.from(encoded).toString("hex")}`,
    );
  }
}

function decode<T>(decoder: MessageDecoder<T>, bytes: Uint8Array): Outcome<T> {
  try {
    return { value: decoder.decode(bytes) };
  } catch (error) {
    if (error instanceof PeerError) return { refusal: error.message };
    throw error;
  }
}

function lowerCaseOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("latin1").toLowerCase();
}

/** A view of the same bytes in the middle of a buffer that is full of others. */
function amidNoise(bytes: Uint8Array): Uint8Array {
  const buffer = new Uint8Array(bytes.length + 2 * marginBytes).fill(0xa5);
  buffer.set(bytes, marginBytes);
  return buffer.subarray(marginBytes, marginBytes + bytes.length);
}

function show(outcome: Outcome<unknown>): string {
  return "refusal" in outcome ? outcome.refusal : inspect(outcome.value);
}
