/**
 * Sends a Foo for each line of standard input, {"foo": ...}, and shows the Bars that come back.
 * A line {"payload": HEX} sends these bytes as a Foo, whatever they are.
 */
import { type Exchange, run, say } from "./exchange.ts";

await run(async <Foo, Bar>({ form, plexus, commands }: Exchange<Foo, Bar>) => {
  plexus.react(form.bar, (bar) => say("arrived", { value: bar }));
  say("listening");
  for await (const command of commands) {
    if ("foo" in command) await plexus.transmit(form.foo, command.foo);
    else await plexus.transmitRaw(form.foo, Buffer.from(command.payload, "hex"));
  }
});
