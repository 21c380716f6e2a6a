/** InteropCase: one plot, played by two peers in one setting. */
import { otherAct, type Setting } from "./encounter.ts";
import type { FormName } from "./foos.ts";
import type { Act, Peer, Transport } from "./peer.ts";
import { malformed, strangers, unreadable } from "./plots/disturbance.ts";
import { early, exchange, segments } from "./plots/exchange.ts";
import { late } from "./plots/late.ts";
import type { Plot } from "./plots/plot.ts";
import { responderKilled, senderKilled } from "./plots/restart.ts";
import { surplus } from "./plots/surplus.ts";

export interface InteropCase {
  readonly setting: Setting;
  readonly plot: Plot;
}

/** In the order of the table's columns. */
export const plots: readonly Plot[] = [
  exchange,
  early,
  late,
  senderKilled,
  responderKilled,
  surplus,
  segments,
  ...strangers,
  unreadable,
  malformed,
];

/** What the two peers of a setting do: first the one that listens. */
export const roles: Readonly<Record<Transport, readonly [string, string]>> = {
  pair: ["binds", "connects"],
  pubsub: ["publishes", "subscribes"],
};

const transports: readonly Transport[] = ["pair", "pubsub"];
const forms: readonly FormName[] = ["json", "json-alias", "string"];
const acts: readonly Act[] = ["sender", "responder"];

/** Every plot with every two of these in every setting that suits it. */
export function casesOf(peers: readonly Peer[]): readonly InteropCase[] {
  return settingsOf(peers).flatMap((setting) =>
    plots.filter((plot) => plot.suits(setting)).map((plot) => ({ setting, plot })),
  );
}

function settingsOf(peers: readonly Peer[]): readonly Setting[] {
  return transports.flatMap((transport) => {
    const binders = transport === "pair" ? acts : acts.slice(0, 1);
    return couples(peers).flatMap(([binding, connecting]) =>
      forms.flatMap((form) =>
        binders.map((binder) => {
          const other = otherAct(binder);
          // Both names of acts are there, which the compiler does not see.
          const players = { [binder]: binding, [other]: connecting } as Record<Act, Peer>;
          return { transport, ...players, binder, form };
        }),
      ),
    );
  });
}

/** Both orders of each two, and ours with itself: foreign peers need not be proved with themselves. */
function couples(peers: readonly Peer[]): readonly (readonly [binding: Peer, connecting: Peer])[] {
  return peers.flatMap((one, index) =>
    peers
      .slice(index)
      .filter((two) => one !== two || one.name === "ours")
      .flatMap((two): [Peer, Peer][] =>
        one === two
          ? [[one, two]]
          : [
              [one, two],
              [two, one],
            ],
      ),
  );
}

/** Its texts, from the general to the special; no two cases have the same. */
export function nameOf({ setting, plot }: InteropCase): string {
  const { transport, binder, form, sender } = setting;
  const [binding, connecting] = [setting[binder].name, setting[otherAct(binder)].name];
  const [binds, connects] = roles[transport];
  const sends = binder === "sender" ? binds : connects;
  return [
    transport,
    `${binding} ${binds}, ${connecting} ${connects}`,
    form,
    `Foo from ${sender.name}, which ${sends}`,
    plot.what,
  ].join("; ");
}
