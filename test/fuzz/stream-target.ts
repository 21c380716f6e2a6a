/** Targets that decode a stream, which arrives in pieces of any size. */
import { PeerError } from "../../src/errors.ts";
import { Random } from "../../src/testing/random.ts";
import { hashOf } from "./hash.ts";
import { Finding, type FuzzTarget, type Law } from "./target.ts";

export interface StreamDecoder extends Omit<FuzzTarget, "check"> {
  /**
   * A decoder at the start of a stream.
   * @param note Takes, in words, each thing that the decoder says.
   * @param wantsPause Asked wherever a decoder that can pause may do so: true if it is to do so now.
   */
  open(note: (line: string) => void, wantsPause: () => boolean): OpenStream;
}

interface OpenStream {
  /**
   * Takes the next piece, whose memory is its own from then on.
   * @throws {PeerError} for what is refused. Nothing more is pushed then.
   */
  push(piece: Uint8Array): void;
  /** Goes on after a pause. @returns false if it was not paused. */
  resume?(): boolean;
  /** The stream has ended. */
  end?(): void;
}

const never = (): boolean => false;

export function streamTarget(decoder: StreamDecoder): FuzzTarget {
  return {
    dictionary: decoder.dictionary,
    check(input) {
      const whole = transcriptOf(decoder, [input.slice()], never);
      // The cuts hang on the input alone, so that it plays again what it did.
      const random = new Random(hashOf(input));
      const pieces = cutAtRandom(input, random);
      compare("how the stream is cut changes nothing", whole, decoder, pieces, never);
      compare("pauses change nothing", whole, decoder, pieces, () => random.onceIn(2));
    },
  };
}

function compare(
  law: Law,
  whole: string,
  decoder: StreamDecoder,
  pieces: readonly Uint8Array[],
  wantsPause: () => boolean,
): void {
  const cut = transcriptOf(
    decoder,
    pieces.map((piece) => piece.slice()),
    wantsPause,
  );
  if (cut === whole) return;
  const lengths = pieces.map((piece) => piece.length).join(" ");
  throw new Finding(law, `in one piece:\n${whole}\nin pieces of ${lengths} bytes:\n${cut}`);
}

/** All that the decoder says of a stream, one thing a line. */
function transcriptOf(
  decoder: StreamDecoder,
  pieces: readonly Uint8Array[],
  wantsPause: () => boolean,
): string {
  const lines: string[] = [];
  let isPaused = false;
  const note = (line: string): void => {
    if (isPaused) throw new Finding("nothing comes during a pause", line);
    lines.push(line);
  };
  const stream = decoder.open(note, () => {
    isPaused = wantsPause();
    return isPaused;
  });
  const resumeFully = (): void => {
    do isPaused = false;
    while (stream.resume?.() === true);
  };
  try {
    for (const piece of pieces) {
      stream.push(piece);
      if (!wantsPause()) resumeFully();
    }
    resumeFully();
    stream.end?.();
  } catch (error) {
    if (!(error instanceof PeerError)) throw error;
    lines.push(`refused: ${error.message}`);
  }
  return lines.join("\n");
}

/** Pieces of about one size, which is of any order from one byte to the whole. */
function cutAtRandom(bytes: Uint8Array, random: Random): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  const longest = 2 ** random.below(2 + Math.ceil(Math.log2(bytes.length + 1)));
  for (let at = 0; at < bytes.length; ) {
    const end = at + 1 + random.below(longest);
    pieces.push(bytes.subarray(at, end));
    at = end;
  }
  return pieces;
}
