/**
 * Subscription: what a subscriber (SUB, XSUB) tells a publisher (PUB): with which bytes the topics
 * begin that it wants.
 *
 * Source: RFC 37 (ZMTP 3.1), "The Publish-Subscribe Pattern", has commands for it, RFC 23 (3.0)
 * messages of one frame that begin with 1 or 0. Either form counts here, whatever the peer's
 * revision, as in libzmq: a message that an application sends through an XSUB stays a message.
 */
import type { Span } from "../span.ts";
import { encodeCommand } from "./command.ts";
import { frameHeadByteCount, writeFrameHead } from "./frame.ts";
import type { ZmtpRevision } from "./greeting.ts";

const subscribe = { command: "SUBSCRIBE", octet: 1 } as const;
const cancel = { command: "CANCEL", octet: 0 } as const;

/**
 * The frame, head included, by which a subscriber asks for all topics that begin with `prefix`: all
 * there are if it is empty.
 * @param revision The publisher's.
 */
export function encodeSubscribe(prefix: Uint8Array, revision: ZmtpRevision): Uint8Array {
  return encode(subscribe, prefix, revision);
}

/**
 * The frame by which it takes that back. Peers differ in what becomes of a prefix that was asked for
 * twice (see `SubscriptionIndex`), so ask once and cancel once.
 */
export function encodeCancel(prefix: Uint8Array, revision: ZmtpRevision): Uint8Array {
  return encode(cancel, prefix, revision);
}

/** What a subscriber sends. */
export interface SubscriberSink {
  /**
   * It wants the messages whose topic begins with `prefix`.
   * @param prefix A view that keeps its whole chunk in memory: copy what you keep.
   */
  subscribe?(prefix: Uint8Array): void;
  /** It does not want them any more; it may never have. */
  cancel?(prefix: Uint8Array): void;
  /** A frame of any other message. By RFC 29 a PUB discards those; what is counted, its owner says. */
  frame(body: Span, more: boolean): void;
}

/** Tells subscriptions from whatever else a subscriber sends. */
export class SubscriptionReader {
  readonly #sink: SubscriberSink;
  #inMultipart = false;

  constructor(sink: SubscriberSink) {
    this.#sink = sink;
  }

  /** Takes a command; one that is none of a subscriber's is ignored. */
  command(name: string, data: Uint8Array): void {
    if (name === subscribe.command) this.#sink.subscribe?.(data);
    else if (name === cancel.command) this.#sink.cancel?.(data);
  }

  /** Takes a frame of a message. libzmq looks at each frame of several; RFC 23 has no such form. */
  frame(body: Span, more: boolean): void {
    const octet = more || this.#inMultipart ? undefined : body.bytes[0];
    this.#inMultipart = more;
    if (octet === subscribe.octet) this.#sink.subscribe?.(body.bytes.subarray(1));
    else if (octet === cancel.octet) this.#sink.cancel?.(body.bytes.subarray(1));
    else this.#sink.frame(body, more);
  }
}

function encode(
  form: typeof subscribe | typeof cancel,
  prefix: Uint8Array,
  revision: ZmtpRevision,
): Uint8Array {
  if (revision === "3.1") return encodeCommand(form.command, prefix);
  const bodyByteCount = 1 + prefix.length;
  const frame = new Uint8Array(frameHeadByteCount(bodyByteCount) + bodyByteCount);
  const bodyAt = writeFrameHead(frame, 0, 0, bodyByteCount);
  frame[bodyAt] = form.octet;
  frame.set(prefix, bodyAt + 1);
  return frame;
}
