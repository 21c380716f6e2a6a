/** Chooses the screen that a stream can show. */
import process from "node:process";
import { showsColours } from "./line.ts";
import { LiveScreen } from "./live-screen.ts";
import { PlainScreen } from "./plain-screen.ts";
import type { Screen } from "./screen.ts";

/** @param lost Called when whoever reads the other end of `stream` has gone. */
export function screenOn(stream: NodeJS.WriteStream, lost: () => void): Screen {
  stream.on("error", lost);
  // A terminal that calls itself dumb has no cursor to move.
  if (!stream.isTTY || process.env["TERM"] === "dumb") {
    return new PlainScreen((line) => stream.write(`${line}\n`));
  }
  return new LiveScreen(stream, { colours: showsColours(stream) });
}
