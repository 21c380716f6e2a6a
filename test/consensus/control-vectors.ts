/** The golden control messages. */
import { readFileSync } from "node:fs";
import { AddressSpace } from "../../src/protocol/consensus/address-space.ts";
import { type ControlChannel, controlChannels } from "../../src/protocol/consensus/channel.ts";
import type { ControlMessage } from "../../src/protocol/consensus/message.ts";
import { bytesOf } from "../envelope/vectors.ts";

export const ipv4Space: AddressSpace = new AddressSpace("239.255.0.0/16");
const ipv6Space: AddressSpace = new AddressSpace("ff15::/112");

export interface ControlVector {
  readonly name: string;
  /** Where it came. */
  readonly channel: ControlChannel;
  /** The network that its addresses are in. */
  readonly space: AddressSpace;
  readonly bytes: Uint8Array;
  /** What it says. */
  readonly message: ControlMessage;
}

/** Of a message that the `capnp` tool encoded: the same in other layouts as well. */
export interface ToolVector extends ControlVector {
  /** In the tool's words. */
  readonly text: string;
  readonly inSegments: Uint8Array;
  readonly canonical: Uint8Array;
  /** The one that we write. */
  readonly ours: Uint8Array;
}

/** What pyplexo wrote. */
export function originalVectors(): ControlVector[] {
  return entriesOf<Entry>("multicast-control.json").map(vectorOf);
}

export function toolVectors(): ToolVector[] {
  return entriesOf<ToolEntry>("plexo-control.json").map((entry) => ({
    ...vectorOf(entry),
    text: entry.text,
    inSegments: bytesOf(entry.hex_segments),
    canonical: bytesOf(entry.hex_canonical),
    ours: bytesOf(entry[entry.same_bytes]),
  }));
}

interface Entry {
  readonly name: string;
  readonly schema: string;
  readonly topic: string;
  readonly hex: string;
  readonly expected: Fields;
}

interface ToolEntry extends Entry {
  readonly text: string;
  readonly hex_segments: string;
  readonly hex_canonical: string;
  readonly same_bytes: "hex" | "hex_canonical";
}

/** As in the schema; integers in decimal, addresses in hex. What is not there is 0, empty or null. */
interface Fields {
  readonly [name: string]: string | null | readonly string[] | readonly Fields[] | undefined;
}

function entriesOf<T>(file: string): T[] {
  const text = readFileSync(new URL(`../golden/${file}`, import.meta.url), "utf8");
  // "as": the files are ours, and what they lack fails the tests that read it.
  return (JSON.parse(text) as { readonly entries: T[] }).entries;
}

function vectorOf({ name, schema, topic, hex, expected }: Entry): ControlVector {
  const channel = controlChannels.find((each) => each.topic === topic);
  if (channel === undefined) throw new Error(`${name}: no channel ${topic}`);
  const space = JSON.stringify(expected).includes('"ff15') ? ipv6Space : ipv4Space;
  const message = messageOf({ schema, misdirected: !topic.includes(schema), space }, expected);
  return { name, channel, space, bytes: bytesOf(hex), message };
}

interface Frame {
  readonly schema: string;
  readonly misdirected: boolean;
  readonly space: AddressSpace;
}

function messageOf({ schema, misdirected, space }: Frame, fields: Fields): ControlMessage {
  const head = {
    typeName: textOf(fields, "typeName"),
    epoch: integerOf(fields, "epoch"),
    ballot: {
      proposalId: integerOf(fields, "proposalId"),
      instanceId: integerOf(fields, "instanceId"),
    },
  };
  const address = addressOf(fields, space);
  const voterId = integerOf(fields, "voterId");
  switch (schema) {
    case "PlexoHeartbeat":
      return heartbeatOf(fields);
    case "PlexoPreparation":
      return { kind: "preparation", ...head };
    case "PlexoPromise": {
      const accepted = {
        proposalId: integerOf(fields, "acceptedProposalId"),
        instanceId: integerOf(fields, "acceptedInstanceId"),
      };
      return { kind: "promise", ...head, accepted, address, voterId, misdirected };
    }
    case "PlexoRejection": {
      const promised = {
        proposalId: integerOf(fields, "promisedProposalId"),
        instanceId: integerOf(fields, "promisedInstanceId"),
      };
      return { kind: "rejection", ...head, promised, voterId };
    }
    case "PlexoProposal":
      return { kind: "proposal", ...head, address };
    case "PlexoApproval":
      return { kind: "approval", ...head, address, voterId };
    case "PlexoAssignment":
      return assignmentOf(fields, space);
    default:
      throw new Error(`no struct ${schema}`);
  }
}

function heartbeatOf(fields: Fields): ControlMessage {
  const flags = Number(integerOf(fields, "flags"));
  return {
    kind: "heartbeat",
    instanceId: integerOf(fields, "instanceId"),
    voter: (flags & 1) !== 0,
    hello: (flags & 2) !== 0,
    leaving: (flags & 4) !== 0,
    intervalMs: Number(integerOf(fields, "intervalMs")),
    digest: integerOf(fields, "digest"),
    listeningDigest: integerOf(fields, "listeningDigest"),
    listeningCount: Number(integerOf(fields, "listeningCount")),
    listening: textsOf(fields, "listening"),
  };
}

function assignmentOf(fields: Fields, space: AddressSpace): ControlMessage {
  return {
    kind: "assignment",
    instanceId: integerOf(fields, "instanceId"),
    digest: integerOf(fields, "digest"),
    firstBucket: Number(integerOf(fields, "firstBucket")),
    bucketCount: Number(integerOf(fields, "bucketCount")),
    records: structsOf(fields, "records").map((record) => ({
      typeName: textOf(record, "typeName"),
      epoch: integerOf(record, "epoch"),
      address: addressOf(record, space) ?? Number.NaN,
      legacy: integerOf(record, "flags") === 1n,
    })),
    bucketDigests: textsOf(fields, "bucketDigests").map(BigInt),
  };
}

function textOf(fields: Fields, name: string): string {
  const text = fields[name];
  return typeof text === "string" ? text : "";
}

function integerOf(fields: Fields, name: string): bigint {
  return BigInt(textOf(fields, name));
}

// "as" in both: what else it may be fails the test that reads it.
function textsOf(fields: Fields, name: string): readonly string[] {
  return (fields[name] ?? []) as readonly string[];
}

function structsOf(fields: Fields, name: string): readonly Fields[] {
  return (fields[name] ?? []) as readonly Fields[];
}

/** The last two bytes are the offset in either network. */
function addressOf(fields: Fields, space: AddressSpace): number | undefined {
  const hex = textOf(fields, "multicastIp");
  if (hex === "") return undefined;
  const bytes = bytesOf(hex);
  if (bytes.length !== (space === ipv4Space ? 4 : 16)) throw new Error(`no address ${hex}`);
  return ((bytes.at(-2) ?? 0) << 8) | (bytes.at(-1) ?? 0);
}
