/** Peer: an implementation that takes part, as programs that play the acts of a case. */

export type Transport = "pair" | "pubsub";

/** A sender sends Foos, a responder answers each with a Bar. */
export type Act = "sender" | "responder";

/** A program of a peer; not every peer has all. A proxy sends on to all whatever anybody sends. */
type ProgramName = Act | "plexus" | "proxy";

/** A program's file, and the arguments that come before those of the case. */
type Command = readonly [file: string, ...args: string[]];

export interface Peer {
  readonly name: "ours" | "original" | "pyzmq" | "rust";
  /** What it is made of, with versions. */
  readonly description: string;
  /** How a program of it is run. */
  command(program: ProgramName): Command;
}

/** A peer on plexo reads codecs, and drops what does not fit; the others are made of bare sockets. */
export function isPlexo({ name }: Peer): boolean {
  return name === "ours" || name === "original";
}
