/** Answers every Foo with a Bar. */
import { type Exchange, run, say } from "./exchange.ts";

await run(async <Foo, Bar>({ form, nodeId, plexus, commands }: Exchange<Foo, Bar>) => {
  plexus.react(form.foo, async (foo) => {
    say("arrived", { value: foo });
    await plexus.transmit(form.bar, form.answer(foo, nodeId));
  });
  say("listening");
  // A responder is told nothing, so what comes next is the end.
  await commands.next();
});
