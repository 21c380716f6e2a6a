/** Troubles: what goes wrong at a multicast node with no caller to throw at: how it is counted and told. */
import { because } from "../../cause.ts";
import type { EpgmGap, RefusedReason } from "../../epgm/channel.ts";
import { PeerError, TransportError } from "../../errors.ts";
import { failureIncident, type Incident } from "../../incident.ts";
import { systemClock } from "../../io/clock.ts";
import type { MulticastInterface } from "../../io/multicast-interface.ts";
import type { IncidentOutput } from "../../protocol/consensus/output.ts";
import type { Counters } from "../../stats.ts";
import { IncidentRation } from "../wire/incident-ration.ts";
import type { MulticastSynapse } from "./synapse.ts";

/** Of datagrams that are encrypted, or should be. */
const refusals: Readonly<Partial<Record<RefusedReason, string>>> = {
  sealed: "a datagram is encrypted with a group key, and this node has none; give it as groupKey",
  unsealed: "a datagram is not encrypted, though this node has a group key; give it to all nodes",
  forged: "a datagram was not encrypted with this node's group key; give all nodes the same",
};

/** The ganglion whose troubles they are. */
export interface TroubledGanglion {
  readonly name: string;
}

export class Troubles {
  readonly #ganglion: TroubledGanglion;
  readonly #counters: Counters;
  readonly #ration: IncidentRation;
  /** What hinders one datagram hinders all: it is told once, and then added up. */
  readonly #failures: IncidentRation;

  /**
   * @param counters Of what has no topic.
   * @param tell Tells whoever listens.
   */
  constructor(ganglion: TroubledGanglion, counters: Counters, tell: (incident: Incident) => void) {
    this.#ganglion = ganglion;
    this.#counters = counters;
    this.#ration = new IncidentRation(tell);
    this.#failures = new IncidentRation(tell, systemClock, 1);
  }

  /** By ration: a peer can make it happen again and again. */
  report(incident: Incident): void {
    this.#ration.take(incident);
  }

  /** Nothing more goes wrong: the rest is told. */
  end(): void {
    this.#failures.end();
    this.#ration.end();
  }

  /** Packets of a type are lost for good. */
  lost(synapse: MulticastSynapse, { reason, packetCount, source }: EpgmGap): void {
    const cause = new PeerError(`packets of ${source} are lost: ${reason}`, {
      details: { source, reason, packetCount },
    });
    synapse.dropped("lost", Math.max(1, packetCount), cause);
  }

  /** The agreement on addresses does not get on. */
  disagreed({ message, typeName }: IncidentOutput): void {
    const incident = { kind: "disagreement", message, ganglion: this.#ganglion.name } as const;
    this.report(typeName === undefined ? incident : { ...incident, topic: typeName });
  }

  /** A datagram that is none of this network's, or does not have its key. */
  refused(reason: RefusedReason): void {
    const message = refusals[reason] ?? `a datagram is no packet of EPGM: ${reason}`;
    this.malformed(new PeerError(message, { details: { reason } }));
  }

  malformed(cause: PeerError): void {
    this.#counters.drop("malformed", 1);
    this.report({
      kind: "dropped",
      reason: "malformed",
      message: because("what came by multicast was dropped as malformed", cause),
      ganglion: this.#ganglion.name,
      cause,
    });
  }

  /** The system refused to join, to send or to receive. */
  failed(cause: TransportError): void {
    const what = "multicast is hindered";
    const incident = failureIncident("connection-failed", what, cause);
    this.#failures.take({ ganglion: this.#ganglion.name, ...incident });
  }

  /** Nothing that was sent to the groups has come back to this host, as it does where multicast works. */
  deaf({ name, address }: MulticastInterface, port: number, network: string): void {
    this.failed(
      new TransportError(
        `nothing that is sent to groups by ${name} (${address}) comes back: a firewall keeps it, or ` +
          `there is no multicast here; let UDP port ${port} to ${network} pass, or name another interface`,
        { details: { interface: name, port, network } },
      ),
    );
  }
}
