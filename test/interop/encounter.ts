/** Encounter: a program of ours and one of a foreign peer that meet over a TCP pair. */
import type { FormName } from "./foos.ts";
import { freePort } from "./free-port.ts";
import { Program } from "./program.ts";

export type Who = "ours" | "theirs";
export type Act = "sender" | "responder";

/** A program's file, and the arguments that come before those of the case. */
export type Command = readonly [file: string, ...args: string[]];

export interface Setting {
  readonly commands: Readonly<Record<Who, Readonly<Record<Act, Command>>>>;
  /** Who sends the Foos; the other one answers. */
  readonly sender: Who;
  /** Who listens; the other one connects. */
  readonly binder: Who;
  readonly form: FormName;
}

interface StartOptions {
  /** What the Bars of a responder say about it. */
  readonly nodeId?: string;
  /** What it is told before it listens. */
  readonly told?: readonly object[];
}

export class Encounter implements AsyncDisposable {
  readonly #setting: Setting;
  readonly #port: number;
  readonly #programs: Program[] = [];

  private constructor(setting: Setting, port: number) {
    this.#setting = setting;
    this.#port = port;
  }

  static async open(setting: Setting): Promise<Encounter> {
    return new Encounter(setting, await freePort());
  }

  /** Starts a program; resolves when it listens. */
  async start(act: Act, options: StartOptions = {}): Promise<Program> {
    const { commands, binder, form } = this.#setting;
    const who = playerOf(act, this.#setting);
    const role = who === binder ? "bind" : "connect";
    const [file, ...args] = commands[who][act];
    const nodeId = options.nodeId ?? nodeIdUsual;
    const program = new Program(`${who}, the ${act},`, [
      file,
      ...args,
      ...[role, String(this.#port), form, nodeId],
    ]);
    this.#programs.push(program);
    for (const command of options.told ?? []) program.tell(command);
    await program.listening();
    return program;
  }

  /** Ends what still runs. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const program of this.#programs) await program[Symbol.asyncDispose]();
  }
}

export const nodeIdUsual = "c2b6f0ce-74d1-4b8a-9a35-5d1f2e3a4b5c";

/** Who has a part in a setting. */
export function playerOf(act: Act, { sender }: Setting): Who {
  if (act === "sender") return sender;
  return sender === "ours" ? "theirs" : "ours";
}
