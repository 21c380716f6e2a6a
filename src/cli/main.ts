#!/usr/bin/env node
/** The command `plexo`: joins the program to the process it runs in. */
import { constants } from "node:os";
import process from "node:process";
import { tellFailure } from "./failure.ts";
import { run } from "./program.ts";
import { Interruption, type Shell } from "./shell.ts";

const interruption = new AbortController();
for (const name of ["SIGINT", "SIGTERM"] as const) {
  // Once: a second signal ends the process, as it would without a listener.
  process.once(name, () => interruption.abort(new Interruption(constants.signals[name])));
}

const { stdin, stdout, stderr, env } = process;
const shell: Shell = { stdin, stdout, stderr, env, interruption: interruption.signal };

// A reader that goes away, as in `plexo help | head`, is no failure.
for (const stream of [stdout, stderr]) stream.on("error", () => {});

process.on("uncaughtException", (cause) => {
  process.exit(tellFailure(cause, "plexo help", shell));
});

process.exitCode = await run(process.argv.slice(2), shell);
