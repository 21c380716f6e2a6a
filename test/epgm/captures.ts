/** Captures: packets that libzmq put on the wire, from `test/golden/epgm`. */
import { readFileSync } from "node:fs";

interface CapturedPacket {
  readonly atMs: number;
  readonly type: string;
  readonly bytes: Uint8Array;
  /** Of a data packet. */
  readonly offset: number | undefined;
}

export interface Capture {
  readonly packets: readonly CapturedPacket[];
  /** Of IP, as text. */
  readonly group: string;
  readonly port: number;
}

interface File {
  readonly packets: readonly {
    readonly t_ms?: number;
    readonly to?: string;
    readonly type: string;
    readonly offset?: number;
    readonly udp_payload_hex: string;
  }[];
}

interface Vector {
  readonly name: string;
  readonly hex: string;
  readonly expected: {
    readonly sequence: number;
    readonly frames?: readonly { readonly hex: string }[];
  };
}

export const captureNames = [
  "framing",
  "idle-timers",
  "nak-lists",
  "pub-lifecycle",
  "repair",
  "spmr",
  "tail-offset",
] as const;

export function capture(name: (typeof captureNames)[number]): Capture {
  const { packets } = JSON.parse(goldenText(`${name}.json`)) as File;
  const [group = "", port = "0"] = packets[0]?.to?.split(":") ?? [];
  return {
    packets: packets.map((packet) => ({
      atMs: packet.t_ms ?? 0,
      type: packet.type,
      bytes: bytesOf(packet.udp_payload_hex),
      offset: packet.offset,
    })),
    group,
    port: Number(port),
  };
}

/** Single datagrams, with what is in them. */
export function datagramVectors(): readonly (Vector & { readonly bytes: Uint8Array })[] {
  const { entries } = JSON.parse(goldenText("datagrams.json")) as { entries: readonly Vector[] };
  return entries.map((entry) => ({ ...entry, bytes: bytesOf(entry.hex) }));
}

export function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, "hex"));
}

export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

function goldenText(name: string): string {
  return readFileSync(new URL(`../golden/epgm/${name}`, import.meta.url), "utf8");
}
