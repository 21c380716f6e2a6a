/** The cases with the original of plexo, in Python, over a TCP pair. */
import { fileURLToPath } from "node:url";
import type { Act, Command, Setting, Who } from "./encounter.ts";
import { type FormName, formNames } from "./foos.ts";
import type { InteropCase } from "./interop-case.ts";
import { exchange, messageCount, restart, unreadable } from "./pair-plots.ts";

/** Where the original is. */
export interface OriginalPlace {
  /** The Python that has it. */
  readonly python: string;
  /** The folder with the programs that use it. */
  readonly programs: string;
}

const whoever: readonly Who[] = ["ours", "theirs"];

export function casesWithOriginal({ python, programs }: OriginalPlace): readonly InteropCase[] {
  // -B: no compiled files beside the sources.
  const theirs = (act: Act): Command => [python, "-B", `${programs}/${act}.py`];
  const commands = {
    ours: { sender: ours("sender"), responder: ours("responder") },
    theirs: { sender: theirs("sender"), responder: theirs("responder") },
  };
  const settings = (forms: readonly FormName[]): readonly Setting[] =>
    forms.flatMap((form) =>
      whoever.flatMap((sender) => whoever.map((binder) => ({ commands, sender, binder, form }))),
    );
  return [
    ...settings(formNames).map((setting) =>
      caseOf(setting, `${messageCount} Foo, ${messageCount} Bar`, () =>
        exchange(setting, setting.sender === setting.binder ? "sender" : "responder"),
      ),
    ),
    ...settings(["json"]).map((setting) =>
      caseOf(setting, "who connects is there first", () =>
        exchange(setting, setting.sender === setting.binder ? "responder" : "sender"),
      ),
    ),
    ...settings(["json"]).map((setting) =>
      caseOf(setting, "the original dies and comes back", () => restart(setting)),
    ),
    ...settings(["json", "string"]).map((setting) =>
      caseOf(setting, "payloads that are no Foo", () => unreadable(setting)),
    ),
  ];
}

function ours(act: Act): Command {
  return [process.execPath, fileURLToPath(new URL(`./peers/${act}.js`, import.meta.url))];
}

function caseOf(setting: Setting, what: string, run: () => Promise<void>): InteropCase {
  const { sender, binder, form } = setting;
  return {
    peer: "plexo 1.0.0 for Python",
    transport: "pair",
    role: binder === "ours" ? "ours binds" : "ours connects",
    codec: codecTexts[form],
    direction: sender === "ours" ? "Foo from ours" : "Foo from theirs",
    what,
    run,
  };
}

const codecTexts: Readonly<Record<FormName, string>> = {
  json: "json",
  "json-alias": "json, alias",
  string: "string",
};
