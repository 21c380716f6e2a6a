/** The fuzzer finds what was planted for it: of each kind of defect that it is there for, one. */
import { expect, test } from "vitest";
import { PeerError } from "../../src/errors.ts";
import { Random } from "../../src/testing/random.ts";
import { Coverage } from "./coverage.ts";
import { examine } from "./examine.ts";
import { Fuzzer } from "./fuzzer.ts";
import { type MessageDecoder, messageTarget } from "./message-target.ts";
import { shrink } from "./shrink.ts";
import { type StreamDecoder, streamTarget } from "./stream-target.ts";
import type { FuzzTarget, Law } from "./target.ts";

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");

test("coverage leads to a defect behind conditions that chance does not get past", async () => {
  const inputsMax = 30_000;
  const coverage = new Coverage((url) => url.endsWith("planted-depth.ts"));
  const blind = new Coverage(() => false);
  const { deep } = await import("./planted-depth.ts");
  const search = (seen: Coverage): string | undefined => {
    const fuzzer = new Fuzzer(deep, seen, new Random(1));
    let failed = fuzzer.give([new Uint8Array(3)]);
    while (failed === undefined && fuzzer.inputCount < inputsMax) failed = fuzzer.next();
    return failed && `${text(failed.input.subarray(0, 3))}: ${failed.finding.message}`;
  };
  try {
    expect(search(coverage)).toBe("PLX: RangeError: here it is");
    expect(search(blind)).toBeUndefined();
  } finally {
    coverage.close();
    blind.close();
  }
});

function bytesOf(value: string): Uint8Array {
  return new Uint8Array(Buffer.from(value, "latin1"));
}

/** Reads a text, and refuses zeros. */
function decode(bytes: Uint8Array): string {
  if (bytes.includes(0)) throw new PeerError("a zero");
  return text(bytes);
}

function message(changes: Partial<MessageDecoder<string>>): FuzzTarget {
  return messageTarget({ dictionary: [], decode, encode: bytesOf, ...changes });
}

function stream(open: StreamDecoder["open"]): FuzzTarget {
  return streamTarget({ dictionary: [], open });
}

const sound: readonly (readonly [string, FuzzTarget])[] = [
  ["messages", message({})],
  [
    "a stream",
    stream((note, wantsPause) => {
      let waiting = "";
      let isPaused = false;
      const read = (): void => {
        isPaused = false;
        while (waiting !== "" && !isPaused) {
          if (waiting.startsWith("\0")) throw new PeerError("a zero");
          note(waiting.slice(0, 1));
          waiting = waiting.slice(1);
          isPaused = wantsPause();
        }
      };
      return {
        push(piece) {
          waiting += text(piece);
          if (!isPaused) read();
        },
        resume() {
          const wasPaused = isPaused;
          read();
          return wasPaused;
        },
        end: () => note("end"),
      };
    }),
  ],
];

test.each(sound)("a decoder of %s that keeps the laws is left alone", (_, target) => {
  expect(examine(target, bytesOf("some words"))).toBeUndefined();
  expect(examine(target, bytesOf("refused \0 in between"))).toBeUndefined();
});

const unsound: readonly (readonly [Law, FuzzTarget])[] = [
  ["only a PeerError comes out", message({ decode: (bytes) => decodeURIComponent(text(bytes)) })],
  ["the input is not written to", message({ decode: (bytes) => text(bytes.reverse()) })],
  [
    "what surrounds the input changes nothing",
    message({ decode: (bytes) => text(new Uint8Array(bytes.buffer)) }),
  ],
  [
    "what is encoded again decodes alike",
    message({ encode: (value) => bytesOf(value.toLowerCase()) }),
  ],
  [
    "what is encoded again is the input",
    message({ decode: (bytes) => text(bytes.subarray(0, 9)), hasOneForm: true }),
  ],
  [
    "how the stream is cut changes nothing",
    stream((note) => ({ push: (piece) => note(`${piece.length} bytes`) })),
  ],
  [
    "nothing comes during a pause",
    stream((note, wantsPause) => ({
      push: (piece) => {
        for (const byte of piece) {
          note(`${byte}`);
          wantsPause();
        }
      },
    })),
  ],
  [
    "pauses change nothing",
    stream((note, wantsPause) => ({
      push: (piece) => {
        for (const byte of piece) if (!wantsPause()) note(`${byte}`);
      },
    })),
  ],
  ["time follows the size of the input", message({ decode: takeLong, encode: () => undefined })],
  ["memory follows the size of the input", message({ decode: allocateBuffer })],
  ["memory follows the size of the input", message({ decode: allocateList })],
];

function takeLong(bytes: Uint8Array): string {
  let sum = 0;
  for (const one of bytes) for (const other of bytes) sum += one * other;
  return `${sum}`;
}

/** Gives room for as many MiB as the first byte claims, and refuses. */
function allocateBuffer(bytes: Uint8Array): string {
  const claimed = new Uint8Array((bytes[0] ?? 0) * 1024 * 1024);
  throw new PeerError(`${claimed.length} bytes claimed`);
}

function allocateList(bytes: Uint8Array): string {
  const claimed = new Array<number>((bytes[0] ?? 0) * 100_000).fill(0);
  throw new PeerError(`${claimed.length} elements claimed`);
}

test.each(unsound)("a decoder is found out that breaks: %s", (law, target) => {
  const input = bytesOf("100 % WORDS ".repeat(150));
  expect(examine(target, input)?.law).toBe(law);
});

test("what fails is made as short as it can be", () => {
  const fails = (input: Uint8Array): boolean => /a.*b/.test(text(input));
  expect(text(shrink(bytesOf("0123456789a---------------b9876543210"), fails))).toBe("ab");
});
