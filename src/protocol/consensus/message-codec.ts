/**
 * Control messages as bytes: each is one unpacked Cap'n Proto struct, without an envelope.
 *
 * Source: `docs/protocols/plexo-control.capnp`, which names the structs of pyplexo 1.0.0.
 */
import { PeerError, UsageError } from "../../errors.ts";
import { type CapnpStruct, readCapnpRoot } from "../capnp/reader.ts";
import type { CapnpWriter } from "../capnp/writer.ts";
import type { AddressSpace } from "./address-space.ts";
import { readAssignment, writeAssignment } from "./assignment-struct.ts";
import {
  promiseDataWordCount,
  readApproval,
  readPreparation,
  readPromise,
  readProposal,
  readRejection,
  writeApproval,
  writePreparation,
  writePromise,
  writeProposal,
  writeRejection,
} from "./ballot-structs.ts";
import { type ControlChannel, channelOf } from "./channel.ts";
import { readHeartbeat, writeHeartbeat } from "./heartbeat-struct.ts";
import type { ControlMessage } from "./message.ts";
import type { MessageContext } from "./message-fields.ts";
import { type ControlLimits, checkMessage, controlLimits } from "./message-rules.ts";

export type { ControlLimits } from "./message-rules.ts";

export class ControlMessageCodec {
  readonly #context: MessageContext;

  /**
   * @param space The network of all addresses.
   * @throws {UsageError} if a limit is not above 0.
   */
  constructor(space: AddressSpace, limits: ControlLimits = {}) {
    this.#context = { space, limits: controlLimits(limits) };
  }

  /**
   * The bytes of `message`, for the channel of its kind. Those of a promise that was misdirected are
   * the same as if it had not been.
   * @throws {UsageError} if it is one that {@link decode} would refuse.
   */
  encode(message: ControlMessage): Uint8Array {
    try {
      checkMessage(message, this.#context.limits);
      const bytes = write(message, this.#context).finish();
      this.#checkByteCount(bytes);
      return bytes;
    } catch (error) {
      if (!(error instanceof PeerError)) throw error;
      throw new UsageError(...named(channelOf(message.kind), error));
    }
  }

  /**
   * The message that `bytes` are, which came on `channel`. Nothing of it refers to `bytes`.
   *
   * Its kind is that of the channel, with one exception: pyplexo 1.0.0 sends its promises on the
   * channel of proposals. These are told by their size.
   * @throws {PeerError} that names the channel, if they are malformed, too many, or break a rule.
   */
  decode(channel: ControlChannel, bytes: Uint8Array): ControlMessage {
    try {
      this.#checkByteCount(bytes);
      const message = read(channel, bytes, this.#context);
      checkMessage(message, this.#context.limits);
      return message;
    } catch (error) {
      if (!(error instanceof PeerError)) throw error;
      throw new PeerError(...named(channel, error));
    }
  }

  #checkByteCount(bytes: Uint8Array): void {
    const { messageBytesMax } = this.#context.limits;
    if (bytes.length <= messageBytesMax) return;
    throw new PeerError(`message of ${bytes.length} bytes, at most ${messageBytesMax} taken`, {
      details: { byteCount: bytes.length, messageBytesMax },
    });
  }
}

function read(
  { kind }: ControlChannel,
  bytes: Uint8Array,
  context: MessageContext,
): ControlMessage {
  const root = readCapnpRoot(bytes);
  switch (kind) {
    case "heartbeat":
      return readHeartbeat(root, bytes, context);
    case "preparation":
      return readPreparation(root, bytes);
    case "promise":
      return readPromise(root, bytes, { ...context, misdirected: false });
    case "rejection":
      return readRejection(root, bytes);
    case "proposal":
      return isPromise(root)
        ? readPromise(root, bytes, { ...context, misdirected: true })
        : readProposal(root, bytes, context);
    case "approval":
      return readApproval(root, bytes, context);
    case "assignment":
      return readAssignment(root, bytes, context);
    default:
      return kind satisfies never;
  }
}

function isPromise(proposal: CapnpStruct): boolean {
  return proposal.dataWordCount === promiseDataWordCount;
}

function write(message: ControlMessage, context: MessageContext): CapnpWriter {
  switch (message.kind) {
    case "heartbeat":
      return writeHeartbeat(message);
    case "preparation":
      return writePreparation(message);
    case "promise":
      return writePromise(message, context);
    case "rejection":
      return writeRejection(message);
    case "proposal":
      return writeProposal(message, context);
    case "approval":
      return writeApproval(message, context);
    case "assignment":
      return writeAssignment(message, context);
    default:
      return message satisfies never;
  }
}

/** What an error of this channel is made with. */
function named(
  { kind, topic }: ControlChannel,
  error: PeerError,
): ConstructorParameters<typeof PeerError> {
  return [
    `${topic}: ${error.message}`,
    { cause: error, details: { ...error.details, channel: kind } },
  ];
}
