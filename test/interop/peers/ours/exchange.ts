/**
 * What the sender and the responder share: the ganglion, the commands, the lines. They are those of
 * all the peers' programs, see docs/interop.md, so that one can stand in for another.
 */
import { stdin, stdout } from "node:process";
import { openGanglion, Plexus } from "plexo";
import { splitLines } from "../../lines.ts";
import { type Form, jsonForm, stringForm } from "./forms.ts";

/** One end of a pair, or one that publishes and subscribes. */
export interface Exchange<Foo, Bar> {
  readonly form: Form<Foo, Bar>;
  readonly nodeId: string;
  readonly plexus: Plexus;
  /** What is to be done, until the end of standard input. */
  readonly commands: AsyncGenerator<Command<Foo>>;
}

export type Command<Foo> =
  | { readonly foo: Foo }
  | { readonly payload: string }
  | { readonly stranger: string };

/** Works with every form alike. */
export type Program = <Foo, Bar>(exchange: Exchange<Foo, Bar>) => Promise<void>;

/** Runs a program to its end with the arguments of this process. */
export async function run(program: Program): Promise<void> {
  const [url, form, nodeId] = process.argv.slice(2);
  if (url === undefined || nodeId === undefined) throw new Error("wanted: URL FORM NODE_ID");
  await using plexus = new Plexus({ ganglia: [await openGanglion(url)] });
  sayIncidents(plexus);
  const exchange = <Foo, Bar>(chosen: Form<Foo, Bar>): Promise<void> =>
    program({ form: chosen, nodeId, plexus, commands: commandsOf<Command<Foo>>() });
  switch (form) {
    case "json":
      return await exchange(jsonForm("foo", "bar"));
    case "json-alias":
      return await exchange(jsonForm("Foo", "Bar"));
    case "string":
      return await exchange(stringForm());
    default:
      throw new Error(`the form ${form} is none of json, json-alias and string`);
  }
}

/** Prints the incidents of a plexus from now on. */
export function sayIncidents(plexus: Plexus): void {
  plexus.on("incident", ({ kind, reason, topic, message, cause }) => {
    say("incident", { kind, reason, topic, message, cause: String(cause) });
  });
}

export function say(event: string, fields: object = {}): void {
  stdout.write(`${JSON.stringify({ event, ...fields })}\n`);
}

/** What the lines of standard input tell. */
export async function* commandsOf<Told>(): AsyncGenerator<Told> {
  const lines: string[] = [];
  const split = splitLines((line) => lines.push(line));
  // With an encoding the pieces are text.
  for await (const piece of stdin.setEncoding("utf8") as AsyncIterable<string>) {
    split(piece);
    // The harness says what it wants in the form that it has asked for; the codec checks the rest.
    for (const line of lines.splice(0)) yield JSON.parse(line) as Told;
  }
}
