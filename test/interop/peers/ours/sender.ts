/** Does what each line of standard input tells, and shows the Bars that come back. */
import { type Command, type Exchange, run, say } from "./exchange.ts";
import { stranger } from "./forms.ts";

await run(async <Foo, Bar>({ form, plexus, commands }: Exchange<Foo, Bar>) => {
  const obey = (command: Command<Foo>): Promise<void> => {
    if ("foo" in command) return plexus.transmit(form.foo, command.foo);
    if ("stranger" in command) return plexus.transmit(stranger(command.stranger), command.stranger);
    return plexus.transmitRaw(form.foo, Buffer.from(command.payload, "hex"));
  };
  plexus.react(form.bar, (bar) => say("arrived", { value: bar }));
  say("listening");
  for await (const command of commands) await obey(command);
});
