import {
  FrameRules,
  frameFlags,
  frameHeadByteCount,
  writeFrameHead,
} from "../../../src/protocol/zmtp/frame.ts";
import { FrameReader } from "../../../src/protocol/zmtp/frame-reader.ts";
import { streamTarget } from "../stream-target.ts";
import { Finding, type FuzzTarget } from "../target.ts";
import { frameHeads } from "./zmtp-tokens.ts";

const commandBytesMax = 8 * 1024;
const messageBytesMax = 64 * 1024 * 1024;

interface Frame {
  readonly flags: number;
  readonly body: Uint8Array;
}

export const frames: FuzzTarget = streamTarget({
  dictionary: frameHeads,
  open(note, wantsPause) {
    const read: Frame[] = [];
    let isPaused = false;
    const reader = readerOf((frame) => {
      read.push(frame);
      note(describe(frame));
      isPaused = wantsPause();
      if (isPaused) reader.pause();
    });
    return {
      push: (piece) => reader.push(piece),
      resume() {
        const wasPaused = isPaused;
        isPaused = false;
        if (wasPaused) reader.resume();
        return wasPaused;
      },
      end() {
        note(`unfinished: ${reader.unfinished}`);
        checkEncoded(read);
      },
    };
  },
});

function readerOf(take: (frame: Frame) => void): FrameReader {
  const rules = new FrameRules(commandBytesMax);
  rules.allowMessages(messageBytesMax);
  return new FrameReader({ frame: (body, flags) => take({ flags, body: body.bytes }) }, rules);
}

function checkEncoded(read: readonly Frame[]): void {
  const again: Frame[] = [];
  const reader = readerOf((frame) => again.push(frame));
  for (const frame of read) reader.push(encode(frame));
  const before = read.map(describe).join("\n");
  const after = again.map(describe).join("\n");
  if (after === before) return;
  throw new Finding("what is encoded again decodes alike", `${before}\n, then\n${after}`);
}

function encode({ flags, body }: Frame): Uint8Array {
  const frame = new Uint8Array(frameHeadByteCount(body.length) + body.length);
  frame.set(body, writeFrameHead(frame, 0, flags & ~frameFlags.long, body.length));
  return frame;
}

/** LONG is no part of what a frame says: ours write it only where they have to. */
function describe({ flags, body }: Frame): string {
  return `${flags & ~frameFlags.long} ${Buffer.from(body).toString("hex")}`;
}
