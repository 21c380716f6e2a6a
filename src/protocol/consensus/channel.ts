/**
 * Control channel: the multicast group on which control messages of one kind go, each under a topic
 * of its own. The groups are the first addresses of the network, of which pyplexo 1.0.0 uses six;
 * the seventh is ours.
 */
import type { ControlMessage } from "./message.ts";

export interface ControlChannel {
  readonly kind: ControlMessage["kind"];
  /** Of its address, from the network's first one. */
  readonly offset: number;
  readonly topic: string;
}

/** In the order of their offsets, 0 to 6. */
export const controlChannels: readonly ControlChannel[] = (
  [
    "heartbeat",
    "preparation",
    "promise",
    "rejection",
    "proposal",
    "approval",
    "assignment",
  ] as const
).map((kind, offset) => ({ kind, offset, topic: `dev.plexo.${structNameOf(kind)}.capnp` }));

const channelsByKind: ReadonlyMap<string, ControlChannel> = new Map(
  controlChannels.map((channel) => [channel.kind, channel]),
);

/** The channel on which messages of this kind are sent. */
export function channelOf(kind: ControlMessage["kind"]): ControlChannel {
  // "as": every kind is in the list above.
  return channelsByKind.get(kind) as ControlChannel;
}

/** The name of the struct, which is the type name in the topic. */
function structNameOf(kind: string): string {
  return `Plexo${kind.slice(0, 1).toUpperCase()}${kind.slice(1)}`;
}
