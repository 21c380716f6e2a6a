/**
 * A plexus that joins the networks of its arguments: it transmits what it is told, and shows what it
 * hears. Each argument is an object of JSON: the URL of a ganglion, and its other options.
 */
import { openGanglion, Plexus } from "plexo";
import { commandsOf, say, sayIncidents } from "./exchange.ts";
import { stranger, stringForm } from "./forms.ts";

interface Network {
  readonly url: string;
  readonly [option: string]: unknown;
}

type Command = { readonly foo: string } | { readonly probe: string };

const { foo } = stringForm();
const probe = stranger("Probe");
// The harness names what openGanglion takes, which checks it.
const networks = process.argv.slice(2).map((text) => JSON.parse(text) as Network);
const ganglia = await Promise.all(
  networks.map(({ url, ...options }) => openGanglion(url, options)),
);
await using plexus = new Plexus({ ganglia });
sayIncidents(plexus);
plexus.react(foo, (value) => say("arrived", { value }));
for (const [network, ganglion] of ganglia.entries()) {
  // At the ganglion, so that the plexus does not know the type and forwards no probe.
  ganglion.react(probe, (text) => say("probed", { network, probe: text }));
}
say("listening");
for await (const command of commandsOf<Command>()) {
  if ("foo" in command) await plexus.transmit(foo, command.foo).catch(() => {});
  else for (const ganglion of ganglia) void ganglion.transmit(probe, command.probe);
}
