/** Target: a decoder under the fuzzer, with what must hold whatever bytes it is given. */

export interface FuzzTarget {
  /** Bytes that mean something to the decoder: the mutator puts them in here and there. */
  readonly dictionary: readonly Uint8Array[];
  /**
   * Decodes `input` in all the ways that have to agree. Equal inputs do the same each time.
   * @throws {Error} if a law is broken; a `Finding` says which, any other error is one that the
   *   decoder should not throw.
   */
  check(input: Uint8Array): void;
}

/** What must hold, as it is called in a report. */
export type Law =
  | "only a PeerError comes out"
  | "the input is not written to"
  | "what surrounds the input changes nothing"
  | "how the stream is cut changes nothing"
  | "pauses change nothing"
  | "nothing comes during a pause"
  | "what is encoded again decodes alike"
  | "what is encoded again is the input"
  | "readers agree"
  | "time follows the size of the input"
  | "memory follows the size of the input"
  | "it ends";

/** A law that an input breaks. */
export class Finding extends Error {
  readonly law: Law;

  constructor(law: Law, message: string, options?: ErrorOptions) {
    super(message, options);
    this.law = law;
  }
}

/** Tokens of a protocol that is written in ASCII. */
export function asciiTokens(...texts: readonly string[]): Uint8Array[] {
  return texts.map((text) => Uint8Array.from(text, (character) => character.charCodeAt(0)));
}

/** Tokens in hexadecimal. */
export function hexTokens(...texts: readonly string[]): Uint8Array[] {
  return texts.map(hexToken);
}

export function hexToken(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, "hex"));
}
