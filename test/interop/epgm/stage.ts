/** The stage of most cases: one sender and its receivers, each on a host of its own. */
import { Flow, type FlowSettings, met } from "./flow.ts";
import { Lan, type LanOptions } from "./lan.ts";
import type { Kind, Participant, Runtimes } from "./participant.ts";

/** Who sends to whom. */
export interface Cast {
  readonly sender: Kind;
  readonly receivers: readonly Kind[];
}

export const casts: readonly Cast[] = [
  { sender: "ours", receivers: ["ours", "ours", "ours"] },
  { sender: "ours", receivers: ["libzmq", "libzmq"] },
  { sender: "ours", receivers: ["ours", "libzmq"] },
  { sender: "libzmq", receivers: ["ours", "ours"] },
];

export interface Stage {
  readonly lan: Lan;
  readonly flow: Flow;
  readonly settings: FlowSettings;
  readonly sender: Participant;
  readonly receivers: readonly Participant[];
}

export interface StageOptions {
  readonly runtimes: Runtimes;
  readonly cast: Cast;
  readonly settings?: Partial<FlowSettings>;
  /** Whether the receivers are behind a relay. */
  readonly isRelayed?: boolean;
  /** What is done on the network before anybody is there. */
  readonly prepare?: (lan: Lan) => Promise<AsyncDisposable>;
}

/** Sets the cast on its hosts, has them meet, and plays. */
export async function onStage<Result>(
  { runtimes, cast, settings = {}, isRelayed = false, prepare }: StageOptions,
  play: (stage: Stage) => Promise<Result>,
): Promise<Result> {
  await using lan = await Lan.open(sidesOf(cast, isRelayed));
  await using prepared = await prepare?.(lan);
  void prepared;
  const isForeign = [cast.sender, ...cast.receivers].includes("libzmq");
  const rate = isForeign ? {} : { kilobitsPerSecond: 100_000, foreign: false };
  await using flow = new Flow(runtimes, { ...rate, ...settings });
  const receivers: Participant[] = [];
  for (const [index, kind] of cast.receivers.entries()) {
    const name = `receiver${index}`;
    receivers.push(await flow.start({ host: lan.host(name), kind, role: "receiver", name }));
  }
  const host = lan.host("sender");
  const sender = await flow.start({ host, kind: cast.sender, role: "sender", name: "sender" });
  await met([sender], receivers);
  return await play({ lan, flow, settings: flow.settings, sender, receivers });
}

/** From now on each host of the cast loses so many percent of what arrives there. */
export async function loseEverywhere({ lan, settings }: Stage, percent: number): Promise<void> {
  for (const host of lan.hosts) await host.lose(percent, settings.port);
}

export function textOf({ sender, receivers }: Cast): string {
  return `${sender} to ${receivers.join(" and ")}`;
}

/** One host is for who comes late. */
function sidesOf({ receivers }: Cast, isRelayed: boolean): LanOptions {
  const names = receivers.map((_, index) => `receiver${index}`);
  const spare = "spare";
  return isRelayed
    ? { near: ["sender"], far: [...names, spare] }
    : { near: ["sender", ...names, spare] };
}
