/** What the programs of the EPGM cases are told, as JSON, in their one argument. */
import { type EpgmNode, openEpgm } from "plexo/epgm";
import { say } from "./exchange.ts";

export interface EpgmSettings {
  /** The name of a sender in its messages. */
  readonly name: string;
  readonly interface: string;
  readonly group: string;
  readonly port: number;
  /** How fast a sender sends, and how large libzmq's windows are; in kbit/s, as ZMQ_RATE. */
  readonly kilobitsPerSecond: number;
  /** How long libzmq keeps what it has sent, as ZMQ_RECOVERY_IVL. */
  readonly recoveryMs: number;
  /**
   * Of how many parts messages are: 3 or 1. With several senders, and with losses that are not repaired,
   * libzmq mixes the parts of messages that are longer than a packet (libzmq 4.3.4).
   */
  readonly partCount: 1 | 3;
  /** Whether somebody takes part who is not ours. */
  readonly foreign: boolean;
}

export function readSettings(): EpgmSettings {
  // The cases write them.
  return JSON.parse(process.argv[2] ?? "") as EpgmSettings;
}

export function openNode(settings: EpgmSettings): Promise<EpgmNode> {
  return openEpgm(
    {
      interface: settings.interface,
      family: settings.group.includes(":") ? "IPv6" : "IPv4",
      port: settings.port,
      bitsPerSecond: settings.kilobitsPerSecond * 1_000,
    },
    sayFailure,
  );
}

export function sayFailure(error: Error): void {
  say("incident", { kind: "failed", message: error.message });
}
