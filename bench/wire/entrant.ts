/** Who takes part in a wire bench. */
import { resolve } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import type { Command } from "./end-process.ts";

export interface Entrant {
  readonly name: string;
  /** Runs one end. */
  readonly command: Command;
  /** Where the end that others connect to is; 0 for any free port, else that of a server between. */
  readonly port: number;
  /** Messages of 64 bytes that it moves to one receiver in about half a second. */
  readonly messages: number;
}

/** @param program Takes the entrant's name before the job. */
export function nodeEntrant(program: URL, name: string, messages: number, port = 0): Entrant {
  return { name, command: [process.execPath, fileURLToPath(program), name], port, messages };
}

/** @param program The name of a file in `bench/python`. */
export function pythonEntrant(
  python: string,
  program: string,
  name: string,
  messages: number,
): Entrant {
  // -B: no compiled files beside the sources.
  const command = [python, "-B", resolve(`bench/python/${program}`)] as const;
  return { name, command, port: 0, messages };
}
