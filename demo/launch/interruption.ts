/** What ends the demo before its time. */
import process from "node:process";

/** Aborts by SIGINT, SIGTERM and SIGHUP, and when nobody reads any more what is printed. */
export function interruption(): AbortController {
  const controller = new AbortController();
  // Every one of them, not just the first: npm passes on a Ctrl-C that the terminal has sent already.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => controller.abort());
  }
  process.stdout.on("error", () => controller.abort());
  return controller;
}
