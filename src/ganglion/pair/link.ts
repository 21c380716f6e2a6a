/** PairLink: the connection of a pair to its peer: envelopes in frames. */
import { PeerError } from "../../errors.ts";
import type { Impulse } from "../../impulse.ts";
import type { Connection } from "../../io/connection.ts";
import { EnvelopeReader } from "../../protocol/envelope.ts";
import type { Span } from "../../protocol/span.ts";
import { frameHeadByteCount, writeFrameHead } from "../../protocol/zmtp/frame.ts";
import type { Wait } from "../../wait.ts";
import { byReferenceBytesMin, WireLink, type WireLinkOwner } from "../wire/link.ts";
import type { Carrier } from "../wire/outbox.ts";
import type { PairSynapse } from "./synapse.ts";

/** What a link does to the pair it belongs to. */
export interface PairLinkOwner extends WireLinkOwner {
  /**
   * A message has arrived; `envelope` is overwritten by the next one.
   * @throws {PeerError} if it is malformed after all.
   */
  arrived(envelope: EnvelopeReader, isFromOurs: boolean): Wait;
}

export class PairLink extends WireLink implements Carrier<PairSynapse> {
  readonly #owner: PairLinkOwner;
  readonly #envelope = new EnvelopeReader();
  #inMultipart = false;

  constructor(connection: Connection, owner: PairLinkOwner) {
    super(connection, owner);
    this.#owner = owner;
  }

  /** Sends one message; only after `ready`. */
  carry({ envelopes }: PairSynapse, impulse: Impulse): void {
    const { bytes: payload, label } = impulse;
    // Once: the length of an array of bytes takes 2 ns each time it is asked for (Node 20).
    const payloadByteCount = payload.length;
    const output = this.output;
    const id = this.isOurs ? label : undefined;
    const bodyByteCount = envelopes.byteCount(payloadByteCount, id !== undefined);
    const byteCount = frameHeadByteCount(bodyByteCount) + bodyByteCount;
    const paddingByteCount = -payloadByteCount & 7;
    const isCopied = payloadByteCount < byReferenceBytesMin;
    const at = output.reserve(
      isCopied ? byteCount : byteCount - payloadByteCount - paddingByteCount,
    );
    const chunk = output.chunk;
    const bodyAt = writeFrameHead(chunk, at, 0, bodyByteCount);
    const payloadAt = envelopes.writeHead(chunk, bodyAt, payloadByteCount, id);
    if (isCopied) {
      chunk.set(payload, payloadAt);
      // A loop: `fill` takes longer than these few bytes.
      for (let index = payloadAt + payloadByteCount; index < at + byteCount; index++) {
        chunk[index] = 0;
      }
    } else {
      output.append(payload);
      if (paddingByteCount > 0) output.append(new Uint8Array(paddingByteCount));
    }
    this.countSent(byteCount);
  }

  protected override receive(body: Span, more: boolean): void {
    if (more || this.#inMultipart) {
      this.#receivePart(more);
      return;
    }
    this.countReceived();
    let wait: Wait;
    try {
      this.#envelope.read(body);
      wait = this.#owner.arrived(this.#envelope, this.isOurs);
    } catch (cause) {
      if (!(cause instanceof PeerError)) throw cause;
      this.dropMalformed(cause);
    }
    if (wait !== undefined) this.holdUntil(wait);
  }

  /** A message of a pair has one frame; one of several is none of ours, and dropped whole. */
  #receivePart(more: boolean): void {
    this.#inMultipart = more;
    if (more) return;
    this.countReceived();
    this.dropMalformed(new PeerError("a message of several frames; a pair's has one"));
  }
}
