/**
 * `plexo/epgm`: reliable multicast, wire-compatible with libzmq's `epgm://` transport.
 *
 * PGM (RFC 3208) in UDP. A sender sends to a group whatever the number of receivers; what a receiver
 * misses it asks for, and gets, or is told that it is lost.
 */

import type { TransportError } from "../errors.ts";
import { EpgmNode } from "./node.ts";
import type { EpgmOptions } from "./options.ts";

export type { MulticastInterface } from "../io/multicast-interface.ts";
export type { MalformedReason } from "../protocol/epgm/packet.ts";
export type { ReceiverCounts } from "../protocol/epgm/receiver.ts";
export type { SourceCounts } from "../protocol/epgm/source.ts";
export type { GapReason } from "../protocol/epgm/source-session.ts";
export type {
  EpgmChannel,
  EpgmGap,
  EpgmListener,
  RefusedReason,
  SourceId,
} from "./channel.ts";
export type { EpgmNode } from "./node.ts";
export type { ChannelCloseOptions, EpgmChannelOptions, EpgmOptions } from "./options.ts";

/**
 * Opens the sockets that all channels of this process share.
 * @param failed Told when the system refuses to send what belongs to no channel.
 * @throws {UsageError} on an option that cannot be, or an interface that is not there.
 * @throws {TransportError} if the system gives no socket.
 */
export function openEpgm(
  options?: EpgmOptions,
  failed?: (error: TransportError) => void,
): Promise<EpgmNode> {
  return EpgmNode.open(options, failed);
}
