/** Other programs, run to their end. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";

const execute = promisify(execFile);
const outputBytesMax = 16 * 1024 * 1024;
const shownLengthMax = 1_000;

interface RunOptions {
  /** Where it runs. Default: where this process does. */
  readonly cwd?: string;
  /** Default: that of this process. */
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * @returns What it wrote to standard output.
 * @throws {Error} (rejects) with the end of what it complained of, if it cannot be run or fails.
 */
export async function run(
  file: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  try {
    const { stdout } = await execute(file, args, { ...options, maxBuffer: outputBytesMax });
    return stdout;
  } catch (cause) {
    // What execFile rejects with; there is no output if the file cannot be run at all.
    const { stderr, message } = cause as Error & { readonly stderr?: string };
    const complaint = (stderr || message).trim().slice(-shownLengthMax);
    throw new Error(`${[file, ...args].join(" ")} failed: ${complaint}`, { cause });
  }
}

/** True if it can be run and ends well. */
export async function runs(file: string, args: readonly string[]): Promise<boolean> {
  return await run(file, args).then(
    () => true,
    () => false,
  );
}
