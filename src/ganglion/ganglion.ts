/** Ganglion (plain term: transport): a transport with its synapses, and what it shows the world. */

import { hasFunctions, misgiven } from "../given.ts";
import type { Impulse } from "../impulse.ts";
import type { Incident, IncidentListener } from "../incident.ts";
import type { Neuron } from "../neuron.ts";
import type { Patience } from "../queue.ts";
import type { RawReactant, Reactant, ReactOptions } from "../reactant.ts";
import type { Stats } from "../stats.ts";
import type { Subscription } from "../subscription.ts";
import type { TopicPattern } from "../topic.ts";
import type { Wait } from "../wait.ts";

/** How long one `transmit` may wait. */
export interface TransmitOptions {
  /** Gives up waiting for a place in a queue; the message is then dropped and counted. */
  readonly signal?: AbortSignal;
  /** How long to wait for a place in a full queue, in milliseconds. Default: the `sendTimeoutMs`. */
  readonly timeoutMs?: number;
}

/**
 * `unknown`, so no demand, for what may be an instance of a neuron's class. Else a type that nothing
 * has, whose text the compiler shows: a forgotten value, say, does not compile.
 */
export type Sendable<I> = I extends Neuron
  ? "A neuron goes with a value of its type, as in transmit(neuron, value)"
  : I extends readonly unknown[] | AnyFunction
    ? "No neuron is made of arrays or functions: give the neuron first, as in transmit(neuron, value)"
    : unknown;

type AnyFunction = ((...args: never) => unknown) | (abstract new (...args: never) => unknown);

/** Until what `adapt` goes on. */
export interface AdaptOptions {
  readonly signal?: AbortSignal;
}

/** How a ganglion is closed. */
export interface CloseOptions {
  /**
   * How long it goes on sending and calling reactants, instead of its own `lingerMs`; of a plexus
   * those of its ganglia too.
   */
  readonly lingerMs?: number;
}

/** What `ready` waits for. */
export interface ReadyOptions {
  /** How many receivers there have to be. Default: as many as make the transport usable. */
  readonly receivers?: number;
  readonly signal?: AbortSignal;
}

/** A transport with its synapses; a plexus is one too. */
export interface Ganglion extends AsyncDisposable {
  /** For people and incidents: the URL where there is one. */
  readonly name: string;
  /** True where messages leave the process. */
  readonly external: boolean;
  /**
   * Ganglia with the same label reach the same network. A message never goes from one to another
   * of them, and into such a network by the first one that is ready only. Two that have the same
   * plexus of ours at their other end get the same label by themselves, unless they were given one.
   */
  readonly segment: string | undefined;
  /** How long copies sent are expected to come back without an id; undefined for not at all. */
  readonly echoGuardMs: number | undefined;

  /**
   * Calls `reactant` with every value of `neuron` that arrives from now on; adapts by itself.
   * @throws {UsageError} if this ganglion is not capable of the neuron.
   * @throws {ClosedError} after `close()`.
   */
  react<T>(neuron: Neuron<T>, reactant: Reactant<NoInfer<T>>, options?: ReactOptions): Subscription;

  /**
   * Calls `reactant` with the bytes of every message of a neuron, or of every topic that matches a
   * pattern, whether anybody adapted it or not. Nothing is decoded for it.
   */
  reactRaw(
    target: Neuron | TopicPattern,
    reactant: RawReactant,
    options?: ReactOptions,
  ): Subscription;

  /**
   * Sends `value` to all who react to the neuron. Resolves when synchronous reactants here have
   * run, asynchronous ones have started or have it in their queue, and every capable external
   * ganglion has it in its queue.
   * The promise is marked handled: a failure that nobody awaits is an incident only.
   * @throws {CodecError} (rejects) if the value does not fit.
   * @throws {TransportError} (rejects) if a full queue refused it or the wait for a place was over.
   * @throws {UsageError | ClosedError} (rejects) if no ganglion is capable of it, or after `close()`.
   */
  transmit<T>(neuron: Neuron<T>, value: NoInfer<T>, options?: TransmitOptions): Promise<void>;

  /**
   * Sends an instance of a class that a neuron known here was made from: one that was adapted, or
   * reacted to, or transmitted on. Otherwise as `transmit(neuron, value)`, which comes first because
   * the compiler tells what is wrong in the order of the overloads.
   */
  transmit<I extends object>(instance: I & Sendable<I>, options?: TransmitOptions): Promise<void>;

  /** Sends bytes that are encoded already. They must not change afterwards. */
  transmitRaw(target: Neuron | string, bytes: Uint8Array, options?: TransmitOptions): Promise<void>;

  /**
   * Makes the neuron known: a plexus with two or more external ganglia then forwards it between
   * them. Not needed before `react` and `transmit`. A pattern adapts all topics that match.
   * @throws {UsageError} (rejects) if external ganglia exist and none is capable.
   */
  adapt(target: Neuron | TopicPattern, options?: AdaptOptions): Promise<void>;

  /**
   * Resolves when a message sent now would be on its way to `receivers` receivers.
   * @throws {UsageError} (rejects) where the transport cannot know, or never has that many.
   */
  ready(target: Neuron | string, options?: ReadyOptions): Promise<void>;

  stats(): Stats;
  on(event: "incident", listener: IncidentListener): Subscription;

  /**
   * Takes nothing more, sends what is queued for at most its linger time, lets go of everything.
   * What is left is dropped and counted. Idempotent: the first call says how.
   */
  close(options?: CloseOptions): Promise<void>;
  /** Keeps the process alive while open; the default of external ganglia. As in Node. */
  ref(): void;
  /** Lets the process end while open. */
  unref(): void;

  /** True if the filters let the neuron, or the topic, pass. */
  capable(target: Neuron | string): boolean;
  /**
   * For a plexus: sends an impulse out as it is; its bytes where it has some.
   * @returns A promise when it has to wait for a place in a queue.
   */
  transduce(impulse: Impulse, patience?: Patience): Wait;
  /**
   * For a plexus: from now on what arrives here goes to `junction` too.
   * @throws {UsageError} if it is joined to a plexus already.
   */
  attach(junction: Junction): Attachment;
}

/**
 * Not by its class: a ganglion may be written elsewhere.
 * @throws {UsageError} if what was given to `call` is none.
 */
export function checkGanglion(ganglion: Ganglion, call: string): void {
  if (hasFunctions(ganglion, ["react", "attach", "transduce"])) return;
  const expected = "a ganglion, as openGanglion and PairGanglion make them";
  throw misgiven(`the ganglion given to ${call}`, ganglion, expected);
}

/** A plexus, as a ganglion that is joined to it sees it. */
export interface Junction {
  /** The outermost plexus that it is or is in: two links to one node reach the same network. */
  readonly nodeId: string;
  /** Takes what came by `from`. A promise when it has to wait for a place in a queue. */
  arrive(impulse: Impulse, from: Ganglion, patience?: Patience): Wait;
  /** Takes an incident, which somebody may have heard already. */
  report(incident: Incident, isHeard: boolean): void;
  /** Something that `ready` may wait for has changed. */
  readinessChanged(): void;
  /** Somebody inside an in-process ganglion wants a topic, or all that match, or no longer does. */
  wantedBelow(ganglion: Ganglion, target: TopicPattern, wanted: boolean): void;
  /** What the ganglion is, external or not, or is capable of, has changed. */
  changed(ganglion: Ganglion): void;
  /** The ganglion was closed; it will bring and take nothing more. */
  left(ganglion: Ganglion): void;
}

/** A ganglion's side of being joined to a plexus. */
export interface Attachment {
  /** From now on the plexus takes this topic, or all that match. */
  want(target: TopicPattern): void;
  unwant(target: TopicPattern): void;
  /** Undoes `attach`: it may be joined to another plexus. */
  detach(): void;
  /** Resolves when whoever sends knows what the plexus wants, as far as that can be found out now. */
  inEffect(): Promise<void>;
  /** False where it can only receive: it is given nothing to send. */
  sends(): boolean;
  /** How many receivers a topic has now; undefined where the transport cannot know. */
  receivers(topic: string): number | undefined;
  /** How many receivers a topic has at most, ever; infinite where there is no such limit. */
  receiversMax(topic: string): number;
}
