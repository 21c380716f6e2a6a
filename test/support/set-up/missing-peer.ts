/** A peer cannot be had on this machine. The message says what is missing, and how to get it. */
export class MissingPeer extends Error {}

/** True where every peer is promised, so that a missing one is a failure: in CI. */
export function peersArePromised(): boolean {
  return ![undefined, "", "false"].includes(process.env["CI"]);
}
