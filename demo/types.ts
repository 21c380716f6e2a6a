/**
 * The types of the demo: all that its programs have in common. The type of a message is its
 * address, so whoever imports `LoadReading` can send it, or react to it, and knows nothing else.
 */
import { Namespace, Neuron } from "plexo";
import { jsonCodec } from "plexo/json";
import * as z from "zod";

export const demo = new Namespace("dev.plexo.demo");

/** What every message carries, so that whoever gets it can tell whether one is missing. */
const stamp = {
  /** Program and process id of who sent it: `load-4711`. */
  sender: z.string().min(1),
  /** Counts this sender's messages of this type, from 1. */
  number: z.int().positive(),
  /** When it was sent. */
  at: z.iso.datetime(),
};

/** Any message of the demo, whatever else it says. */
export const Stamped = z.looseObject(stamp);
export type Stamp = Readonly<Record<"sender" | "at", string> & Record<"number", number>>;

const share = z.number().min(0).max(1);
const bytes = z.int().nonnegative();
const bytesPerSecond = z.number().nonnegative();

export const LoadReading = new Neuron(
  "LoadReading",
  demo,
  jsonCodec(
    z.object({
      ...stamp,
      /** Of the time since the last reading, the share in which a core had work, over all cores. */
      busy: share,
      cores: z.int().positive(),
      /** Processes that want to run, averaged over a minute. Windows has no such number. */
      loadAverage: z.number().nonnegative().optional(),
    }),
  ),
);
export type LoadReading = ValueOf<typeof LoadReading>;

export const MemoryReading = new Neuron(
  "MemoryReading",
  demo,
  jsonCodec(z.object({ ...stamp, usedBytes: bytes, totalBytes: bytes.positive() })),
);
export type MemoryReading = ValueOf<typeof MemoryReading>;

export const NetworkReading = new Neuron(
  "NetworkReading",
  demo,
  jsonCodec(
    z.object({
      ...stamp,
      /** What all interfaces have moved since the system started, loopback included. */
      receivedBytes: bytes,
      sentBytes: bytes,
      /** The same since the last reading. */
      receivedBytesPerSecond: bytesPerSecond,
      sentBytesPerSecond: bytesPerSecond,
      /** The interface that moved the most of it. */
      busiest: z.string(),
    }),
  ),
);
export type NetworkReading = ValueOf<typeof NetworkReading>;

export const TemperatureReading = new Neuron(
  "TemperatureReading",
  demo,
  jsonCodec(
    z.object({
      ...stamp,
      /** Every place where the kernel measures. */
      places: z.array(z.object({ name: z.string(), celsius: z.number() })).min(1),
    }),
  ),
);
export type TemperatureReading = ValueOf<typeof TemperatureReading>;

/** Derived from readings by one program, the only one that knows what is remarkable. */
export const Alert = new Neuron(
  "Alert",
  demo,
  jsonCodec(
    z.object({
      ...stamp,
      about: z.enum(["load", "memory", "network", "temperature"]),
      /** `change`: the value has left its moving average. `limit`: it has risen above a limit. */
      rule: z.enum(["change", "limit"]),
      /** The value, and that average or limit: shares, bytes per second or degrees Celsius. */
      value: z.number(),
      reference: z.number(),
      /** The reading that caused it. */
      cause: z.object({ sender: stamp.sender, number: stamp.number }),
    }),
  ),
);
export type Alert = ValueOf<typeof Alert>;

/** The last message of every sender: how many it has sent, by topic, this one included. */
export const Tally = new Neuron(
  "Tally",
  demo,
  jsonCodec(z.object({ ...stamp, sent: z.record(z.string(), z.int().positive()) })),
);
export type Tally = ValueOf<typeof Tally>;

export const readings: readonly Neuron[] = [
  LoadReading,
  MemoryReading,
  NetworkReading,
  TemperatureReading,
];
export const everything: readonly Neuron[] = [...readings, Alert, Tally];

type ValueOf<N> = N extends Neuron<infer T> ? T : never;
