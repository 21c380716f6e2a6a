/** Runs a command so that nothing of it is left behind. */
import { spawn } from "node:child_process";
import process from "node:process";

/**
 * Runs `command` in a shell, without input, in a process group of its own. When the command has
 * ended, or after `timeoutMs`, or when this process is told to end, the whole group is killed.
 * @param {string} command
 * @param {number} timeoutMs
 * @returns {Promise<string | undefined>} What went wrong, if anything did.
 */
export function runInGroup(command, timeoutMs) {
  const child = spawn(command, {
    shell: true,
    detached: true,
    stdio: ["ignore", "inherit", "inherit"],
  });
  const killGroup = () => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, "SIGKILL");
    } catch (error) {
      // ESRCH: all of it has ended already.
      if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
    }
  };
  return new Promise((resolve) => {
    /** @param {string | undefined} problem */
    const end = (problem) => {
      clearTimeout(timer);
      for (const signal of signals) process.off(signal, endWithUs);
      killGroup();
      resolve(problem);
    };
    /** @param {NodeJS.Signals} signal */
    const endWithUs = (signal) => {
      end(`stopped by ${signal}`);
      process.kill(process.pid, signal);
    };
    const timer = setTimeout(() => end(`not done after ${timeoutMs / 1000} s`), timeoutMs);
    for (const signal of signals) process.on(signal, endWithUs);
    child.on("error", (error) => end(error.message));
    child.on("exit", (code, signal) =>
      end(code === 0 ? undefined : `ended with ${signal ?? `code ${code}`}`),
    );
  });
}

/** @type {NodeJS.Signals[]} */
const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
