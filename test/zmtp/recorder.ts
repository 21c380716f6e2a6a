/** What the tests of ZMTP share: a sink that writes down, and streams to feed. */
import { readFileSync } from "node:fs";
import type { Span } from "../../src/protocol/span.ts";
import type { Peer } from "../../src/protocol/zmtp/handshake.ts";
import { Session, type SessionOptions, type SessionSink } from "../../src/protocol/zmtp/session.ts";

/** One call to a sink. Bytes are hex, so that views cannot change afterwards unseen. */
export type Noted =
  | { readonly kind: "knocks"; readonly peer: Peer | undefined }
  | { readonly kind: "ready"; readonly peer: Peer }
  | { readonly kind: "frame"; readonly body: string; readonly more: boolean }
  | { readonly kind: "subscribe"; readonly prefix: string }
  | { readonly kind: "cancel"; readonly prefix: string }
  | { readonly kind: "ping"; readonly context: string }
  | { readonly kind: "pong"; readonly context: string };

export class Recorder implements SessionSink {
  readonly noted: Noted[] = [];
  /** What the session sent, joined, since it was last read. */
  #sent: Uint8Array[] = [];
  context: Uint8Array = new Uint8Array(0);
  onKnock: (peer: Peer | undefined) => void = () => {};
  onFrame: () => void = () => {};

  send(bytes: Uint8Array): void {
    this.#sent.push(bytes);
  }

  knocks(peer: Peer | undefined): void {
    this.noted.push({ kind: "knocks", peer });
    this.onKnock(peer);
  }

  ready(peer: Peer): void {
    this.noted.push({ kind: "ready", peer });
  }

  frame(body: Span, more: boolean): void {
    this.noted.push({ kind: "frame", body: hexOf(body.bytes), more });
    this.onFrame();
  }

  subscribe(prefix: Uint8Array): void {
    this.noted.push({ kind: "subscribe", prefix: hexOf(prefix) });
  }

  cancel(prefix: Uint8Array): void {
    this.noted.push({ kind: "cancel", prefix: hexOf(prefix) });
  }

  pingContext(): Uint8Array {
    return this.context;
  }

  ping(context: Uint8Array): void {
    this.noted.push({ kind: "ping", context: hexOf(context) });
  }

  pong(context: Uint8Array): void {
    this.noted.push({ kind: "pong", context: hexOf(context) });
  }

  takeSent(): string {
    const sent = hexOf(Buffer.concat(this.#sent));
    this.#sent = [];
    return sent;
  }

  get frames(): readonly string[] {
    return this.noted.flatMap((note) => (note.kind === "frame" ? [note.body] : []));
  }
}

/** The whole greeting of a NULL peer that announces 3.1. */
export const greeting31 = `ff00000000000000007f03014e554c4c${"00".repeat(48)}`;
/** READY of a libzmq PAIR. */
export const readyPair = "041a0552454144590b536f636b65742d547970650000000450414952";
/** READY of a PAIR of ours: version 1, instance id "abc". */
export const readyOfOurs =
  "042b0552454144590b536f636b65742d54797065000000045041495207582d506c65786f00000005312f616263";
/** READY of a libzmq SUB. */
const readySub = "04190552454144590b536f636b65742d5479706500000003535542";

/** A session in traffic, and what its sink has noted since. */
export interface InTraffic {
  readonly session: Session;
  readonly recorder: Recorder;
}

/** A session that has its own end of the handshake behind it; the peer's `ready` completes it. */
export function pairInTraffic(
  options: Partial<SessionOptions> = {},
  ready: string = readyPair,
): InTraffic {
  return inTraffic({ socketType: "PAIR", ...options }, ready);
}

/** The same for a publisher, whose peer is a libzmq SUB. */
export function publisherInTraffic(options: Partial<SessionOptions> = {}): InTraffic {
  return inTraffic({ socketType: "PUB", ...options }, readySub);
}

function inTraffic(options: SessionOptions, ready: string): InTraffic {
  const recorder = new Recorder();
  const session = new Session(options, recorder);
  session.start(0);
  session.receive(bytesOf(greeting31 + ready), 0);
  recorder.takeSent();
  recorder.noted.length = 0;
  return { session, recorder };
}

export function bytesOf(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, "hex"));
}

export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

export function textHex(text: string): string {
  return Buffer.from(text, "latin1").toString("hex");
}

/** `stream` in pieces of the given lengths, used again and again; a copy each, as from a socket. */
export function slices(stream: Uint8Array, lengths: readonly number[]): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let at = 0;
  for (let index = 0; at < stream.length; index++) {
    const length = lengths[index % lengths.length] ?? stream.length;
    pieces.push(stream.slice(at, at + length));
    at += length;
  }
  return pieces;
}

interface Capture {
  readonly chunks: readonly { readonly dir: string; readonly hex: string }[];
}

/** One direction of a capture, joined: the borders of its chunks have no meaning. */
export function captured(name: string, direction: string): Uint8Array {
  // The files are part of this repository and have this shape.
  const capture = JSON.parse(golden(name)) as Capture;
  const chunks = capture.chunks.filter((chunk) => chunk.dir === direction);
  return bytesOf(chunks.map((chunk) => chunk.hex).join(""));
}

/** A frame, head included, or a greeting of the original's sockets, in hex. */
export function goldenFrame(name: string): string {
  // As above.
  const { entries } = JSON.parse(golden("wire-frames.json")) as {
    readonly entries: readonly { readonly name: string; readonly hex: string }[];
  };
  const entry = entries.find((each) => each.name === name);
  if (entry === undefined) throw new Error(`no golden bytes of ${name}`);
  return entry.hex;
}

export function golden(name: string): string {
  return readFileSync(new URL(`../golden/${name}`, import.meta.url), "utf8");
}
