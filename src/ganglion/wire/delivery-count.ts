/**
 * DeliveryCount: what of one connection's messages the peer has confirmed.
 *
 * Peers of ours carry two counts as the context of every PING: messages received from the other
 * end, and messages sent to it. The first confirms directly. The second comes back with the PONG,
 * which the peer writes after it has read all that was sent before the PING. So heartbeats confirm
 * at no cost, and what is left when a connection breaks is counted as `unconfirmed`.
 */

/** RFC 37 (ZMTP 3.1), "Connection Heartbeating": a context has at most 16 octets. */
const contextByteCount = 16;
const highWordUnit = 2 ** 32;

export class DeliveryCount {
  /** Messages written to the connection, and taken from it. */
  sent = 0;
  received = 0;
  #confirmed = 0;

  get unconfirmed(): number {
    return this.sent - this.#confirmed;
  }

  /** What a PING carries now. */
  context(): Uint8Array {
    const context = new Uint8Array(contextByteCount);
    const view = new DataView(context.buffer);
    writeCount(view, 0, this.received);
    writeCount(view, 8, this.sent);
    return context;
  }

  /** The peer's PING. One without our counts says nothing. */
  pinged(context: Uint8Array): void {
    if (context.length === contextByteCount) this.#confirm(readCount(viewOf(context), 0));
  }

  /** Our own context, come back. */
  ponged(context: Uint8Array): void {
    if (context.length === contextByteCount) this.#confirm(readCount(viewOf(context), 8));
  }

  /** A peer that claims more than was sent is not believed. */
  #confirm(count: number): void {
    if (count <= this.sent && count > this.#confirmed) this.#confirmed = count;
  }
}

function viewOf(context: Uint8Array): DataView {
  return new DataView(context.buffer, context.byteOffset, context.byteLength);
}

function writeCount(view: DataView, offset: number, count: number): void {
  view.setUint32(offset, Math.floor(count / highWordUnit));
  view.setUint32(offset + 4, count % highWordUnit);
}

function readCount(view: DataView, offset: number): number {
  return view.getUint32(offset) * highWordUnit + view.getUint32(offset + 4);
}
