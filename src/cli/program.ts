/** The program: what can be asked of `plexo` on a command line, and how it answers. */
import { createRequire } from "node:module";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { UsageError } from "plexo";
import { parseDuration } from "./duration.ts";
import { echo } from "./echo.ts";
import { tellFailure } from "./failure.ts";
import { echoHelp, programHelp, sendHelp } from "./help.ts";
import { allWritten } from "./output.ts";
import { send } from "./send.ts";
import { exitCodes, type Shell } from "./shell.ts";

/**
 * Does what `args` say, those after the command's own name.
 * @returns The exit code. What goes wrong is told on standard error.
 */
export async function run(args: readonly string[], shell: Shell): Promise<number> {
  let exitCode: number = exitCodes.done;
  let hasPrinted = false;
  const program = makeProgram(shell, {
    print: (text) => {
      hasPrinted = true;
      shell.stdout.write(text);
    },
    finish: (code) => {
      exitCode = code;
    },
  });
  try {
    await program.parseAsync(args, { from: "user" }).catch(passOverEarlyEnd);
    if (hasPrinted) await allWritten(shell.stdout);
    return exitCode;
  } catch (cause) {
    const [name] = args;
    const hasHelp = name !== "help" && program.commands.some((each) => each.name() === name);
    return tellFailure(cause, hasHelp ? `plexo help ${name}` : "plexo help", shell);
  }
}

/** Commander throws also where it has printed what was asked for. */
function passOverEarlyEnd(cause: unknown): void {
  if (!(cause instanceof CommanderError) || cause.exitCode !== 0) throw cause;
}

interface Ends {
  /** What is asked of the program itself, such as its help. */
  readonly print: (text: string) => void;
  /** A command has come to its end. */
  readonly finish: (exitCode: number) => void;
}

function makeProgram(shell: Shell, { print, finish }: Ends): Command {
  const program = new Command("plexo")
    .description("Send and receive plexo messages, whose type is their address.")
    .version(packageVersion())
    .helpCommand(false)
    // Commands take over what is set before they are added.
    .exitOverride()
    .configureOutput({
      writeOut: print,
      writeErr: (text) => shell.stderr.write(text),
      // Told by `tellFailure`, as all errors are.
      outputError: () => {},
    })
    .addHelpText("after", programHelp);
  program
    .command("echo")
    .summary("print the messages of topics")
    .description("Print every message of some topics to standard output, a JSON object on a line.")
    .argument("<topic...>", "topics or patterns: * stands for one part, a last > for the rest")
    .addOption(viaOption())
    .option("-n, --count <number>", "end after so many messages", parseCount)
    .option("--for <duration>", "end after this time", durationOf)
    .option("-q, --quiet", "do not print on standard error what goes wrong on the way")
    .addHelpText("after", echoHelp)
    .action(async (topics: readonly string[], options: EchoFlags) => {
      const { via = [], count, for: forMs, quiet = false } = options;
      finish(await echo(topics, { via, count, forMs, quiet }, shell));
    });
  program
    .command("send")
    .summary("send lines of standard input")
    .description("Send each line of standard input as one message of a topic.")
    .argument("<topic>", "namespace.Type.codec; the codec is json, string_UTF-8 or bytes")
    .addOption(viaOption())
    .addOption(
      new Option("--wait <duration>", "how long to wait for a receiver; 0 does not wait")
        .default(10_000, "10s")
        .argParser(durationOf),
    )
    .option("-q, --quiet", "do not print on standard error what goes wrong on the way")
    .addHelpText("after", sendHelp)
    .action(async (topic: string, options: SendFlags) => {
      const { via = [], wait: waitMs, quiet = false } = options;
      finish(await send(topic, { via, waitMs, quiet }, shell));
    });
  program
    // That of commander answers an unknown command with the help of all.
    .command("help")
    .description("display help for command")
    .argument("[command]")
    .action(async (name: string | undefined) => {
      const command = program.commands.find((each) => each.name() === name);
      if (command === undefined && name !== undefined) {
        await program.parseAsync([name], { from: "user" });
      }
      (command ?? program).outputHelp();
    });
  return program;
}

// As commander hands them over.
interface EchoFlags {
  readonly via?: readonly string[];
  readonly count?: number;
  readonly for?: number;
  readonly quiet?: boolean;
}

interface SendFlags {
  readonly via?: readonly string[];
  readonly wait: number;
  readonly quiet?: boolean;
}

function viaOption(): Option {
  return new Option(
    "--via <url>",
    "a transport; may be given several times (env: PLEXO_VIA; default: multicast)",
  ).argParser((url: string, before: readonly string[] | undefined) => [...(before ?? []), url]);
}

function parseCount(text: string): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(count) && count > 0) return count;
  throw new InvalidArgumentError("Give a whole number from 1 on");
}

function durationOf(text: string): number {
  try {
    return parseDuration(text);
  } catch (cause) {
    if (cause instanceof UsageError) throw new InvalidArgumentError(cause.message);
    throw cause;
  }
}

function packageVersion(): string {
  // By the package's name: found alike from its sources and from what is built of them.
  const require = createRequire(import.meta.url);
  // It is our own manifest, and npm takes none without a version.
  const manifest = require("plexo/package.json") as { readonly version: string };
  return manifest.version;
}
