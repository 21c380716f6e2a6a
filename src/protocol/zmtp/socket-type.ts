/** Which socket types may talk to each other. Source: RFC 37, "The Socket-Type Property". */
import { PeerError } from "../../errors.ts";

/** The types this end can have. */
export type SocketType = "PAIR" | "PUB" | "SUB";

const partners: Readonly<Record<SocketType, readonly string[]>> = {
  PAIR: ["PAIR"],
  PUB: ["SUB", "XSUB"],
  SUB: ["PUB", "XPUB"],
};

/**
 * @param peer The type the peer gave. libzmq takes a peer that gives none; this end does not.
 * @returns `peer`.
 * @throws {PeerError} if there is none or it does not go with `own`.
 */
export function checkSocketType(own: SocketType, peer: string | undefined): string {
  if (peer !== undefined && partners[own].includes(peer)) return peer;
  const given = peer === undefined ? "no socket type" : `socket type ${peer}`;
  throw new PeerError(`the peer has ${given}; ${own} takes ${partners[own].join(" or ")} only`, {
    details: { own, peer, taken: partners[own] },
  });
}
