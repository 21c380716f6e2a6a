/** Legacy meetings: whether those who use a type meet pyplexo's nodes where these have it. */
import type { AgreementHost } from "./agreement-host.ts";
import type { LegacyNode } from "./legacy-node.ts";

export interface LegacyMeetings {
  /** Uses of types by our nodes, one for each address that a node of pyplexo has for the type. */
  readonly legacyHeld: number;
  /** Those that send and listen there. */
  readonly legacyMet: number;
}

export function legacyMeetings(
  hosts: readonly AgreementHost[],
  nodes: readonly LegacyNode[],
): LegacyMeetings {
  const held = nodes.flatMap((node) => [...node.held]);
  let [legacyHeld, legacyMet] = [0, 0];
  for (const { running } of hosts) {
    for (const [typeName, address] of held) {
      const use = running?.uses.get(typeName);
      if (use === undefined) continue;
      const { send = [], listen = [] } = running?.routes.get(typeName) ?? {};
      const meets =
        (!use.sends || send.includes(address)) && (!use.listens || listen.includes(address));
      legacyHeld += 1;
      if (meets) legacyMet += 1;
    }
  }
  return { legacyHeld, legacyMet };
}
