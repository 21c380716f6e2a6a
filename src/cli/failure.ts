/** Failures: what the user is told of them, and the exit code each ends with. */
import { inspect } from "node:util";
import { CommanderError } from "commander";
import { PlexoError, UsageError } from "plexo";
import { exitCodes, Interruption, type Shell, tell } from "./shell.ts";

/**
 * Tells the user why a command has failed, on one line.
 * @param helpCommand What shows how it is called rightly.
 * @returns The exit code.
 */
export function tellFailure(cause: unknown, helpCommand: string, shell: Shell): number {
  if (cause instanceof Interruption) return cause.exitCode;
  if (cause instanceof CommanderError) return tellCallFailure(cause, helpCommand, shell);
  if (cause instanceof PlexoError) tell(shell, cause.message);
  else tell(shell, `a bug of plexo: ${String(cause)}; PLEXO_DEBUG=1 adds where it happened`);
  if (isSet(shell.env["PLEXO_DEBUG"])) shell.stderr.write(`${inspect(cause)}\n`);
  return cause instanceof UsageError ? exitCodes.usage : exitCodes.failed;
}

function tellCallFailure(cause: CommanderError, helpCommand: string, shell: Shell): number {
  // Without a command it has printed the help.
  if (cause.code !== "commander.help") {
    const message = cause.message.replace(/^error: |\.$/g, "").replaceAll("\n", " ");
    tell(shell, `${message}; see ${helpCommand}`);
  }
  return exitCodes.usage;
}

function isSet(variable: string | undefined): boolean {
  return variable !== undefined && variable !== "" && variable !== "0";
}
