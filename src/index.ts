export { Axon, type AxonValues, type ValuesOptions } from "./axon.ts";
export { bytesCodec } from "./codec/bytes.ts";
export type { Codec, Validate } from "./codec/codec.ts";
export { stringCodec } from "./codec/string.ts";
export {
  ClosedError,
  CodecError,
  ConsensusError,
  type ErrorDetails,
  PeerError,
  PlexoError,
  type PlexoErrorCode,
  type PlexoErrorOptions,
  TransportError,
  UsageError,
} from "./errors.ts";
export type { FilterOptions } from "./ganglion/filter.ts";
export type {
  AdaptOptions,
  Attachment,
  CloseOptions,
  Ganglion,
  Junction,
  ReadyOptions,
  Sendable,
  TransmitOptions,
} from "./ganglion/ganglion.ts";
export { InprocGanglion } from "./ganglion/inproc.ts";
export {
  type OpenMulticastOptions,
  type OpenOptions,
  type OpenPairOptions,
  type OpenPubSubOptions,
  openGanglion,
} from "./ganglion/open.ts";
export type { GanglionOptions } from "./ganglion/options.ts";
export type { ImpulseId } from "./identity.ts";
export { Impulse } from "./impulse.ts";
export type { DropReason, Incident, IncidentKind, IncidentListener } from "./incident.ts";
export { Namespace } from "./namespace.ts";
export { Neuron, type ValueClass } from "./neuron.ts";
export { Plexus, type PlexusOptions } from "./plexus.ts";
export type { Patience, QueueOptions, QueuePolicy } from "./queue.ts";
export type { RawReactant, Reactant, ReactOptions } from "./reactant.ts";
export type { Counts, Stats } from "./stats.ts";
export type { Subscription } from "./subscription.ts";
export type { TopicPattern } from "./topic.ts";
