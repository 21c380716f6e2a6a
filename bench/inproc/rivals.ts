/** Who hands over an object in-process. */

export interface Reading {
  readonly celsius: number;
}

type Reactant = (reading: Reading) => void;

/** Gives the reactants to whoever is to call them; returns what sends a reading. */
type SetUp = (reactants: readonly Reactant[]) => Promise<(reading: Reading) => void>;

/** Each is loaded alone: what another brings along is none of its business. */
export const rivals: Readonly<Record<string, SetUp>> = {
  "plexo Plexus": async (reactants) => {
    const { Namespace, Neuron, Plexus } = await import("plexo");
    const { jsonCodec } = await import("plexo/json");
    const plexus = new Plexus();
    const neuron = new Neuron("Reading", new Namespace("dev.plexo.bench"), jsonCodec<Reading>());
    for (const reactant of reactants) plexus.react(neuron, reactant);
    return (reading) => void plexus.transmit(neuron, reading);
  },
  EventEmitter: async (reactants) => {
    const { EventEmitter } = await import("node:events");
    const events = new EventEmitter();
    for (const reactant of reactants) events.on("reading", reactant);
    return (reading) => void events.emit("reading", reading);
  },
  mitt: async (reactants) => {
    // The types of mitt 3.0.1 describe a CommonJS module, which Node does not load here.
    const loaded: unknown = await import("mitt");
    const { default: mitt } = loaded as { readonly default: typeof import("mitt").default };
    const events = mitt<{ reading: Reading }>();
    for (const reactant of reactants) events.on("reading", reactant);
    return (reading) => events.emit("reading", reading);
  },
  "RxJS Subject": async (reactants) => {
    const { Subject } = await import("rxjs");
    const readings = new Subject<Reading>();
    for (const reactant of reactants) readings.subscribe(reactant);
    return (reading) => readings.next(reading);
  },
};
