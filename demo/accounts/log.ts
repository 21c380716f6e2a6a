/** The log file, as the launcher sees it: does it have a line for each message? */
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";

const newline = "\n".charCodeAt(0);

/** Bytes of a file that may not be there yet. */
export async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return 0;
    throw cause;
  }
}

/** Lines that end after the first `start` bytes. Reads the file in pieces: it may be large. */
export async function countLines(path: string, start: number): Promise<number> {
  let count = 0;
  for await (const chunk of createReadStream(path, { start })) {
    // Without an encoding the chunks are bytes.
    for (const byte of chunk as Uint8Array) if (byte === newline) count += 1;
  }
  return count;
}
