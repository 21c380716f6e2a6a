/** The struct of a heartbeat. pyplexo's has the instance id only; all other fields are ours. */
import type { CapnpStruct } from "../capnp/reader.ts";
import type { CapnpWriter } from "../capnp/writer.ts";
import type { Heartbeat } from "./message.ts";
import {
  encodeTypeName,
  type MessageContext,
  readTypeName,
  startMessage,
} from "./message-fields.ts";
import { checkCount } from "./message-rules.ts";

const flagBits = { voter: 1n, hello: 2n, leaving: 4n } as const;

export function readHeartbeat(
  root: CapnpStruct,
  bytes: Uint8Array,
  { limits }: MessageContext,
): Heartbeat {
  const flags = root.uint64(1);
  return {
    kind: "heartbeat",
    instanceId: root.uint64(0),
    voter: (flags & flagBits.voter) !== 0n,
    hello: (flags & flagBits.hello) !== 0n,
    leaving: (flags & flagBits.leaving) !== 0n,
    intervalMs: Number(root.uint64(2)),
    digest: root.uint64(3),
    listeningDigest: root.uint64(4),
    listeningCount: Number(root.uint64(5)),
    listening: readListening(root, bytes, limits.listeningNamesMax),
  };
}

export function writeHeartbeat(heartbeat: Heartbeat): CapnpWriter {
  const flags =
    (heartbeat.voter ? flagBits.voter : 0n) |
    (heartbeat.hello ? flagBits.hello : 0n) |
    (heartbeat.leaving ? flagBits.leaving : 0n);
  const data = [
    heartbeat.instanceId,
    flags,
    BigInt(heartbeat.intervalMs),
    heartbeat.digest,
    heartbeat.listeningDigest,
    BigInt(heartbeat.listeningCount),
  ];
  const { listening } = heartbeat;
  const pointerCount = listening.length === 0 ? 0 : 1;
  const writer = startMessage(data, { dataWordCountMin: 1, pointerCount });
  if (listening.length > 0) writer.root.texts(0, listening.map(encodeTypeName));
  return writer;
}

function readListening(root: CapnpStruct, bytes: Uint8Array, namesMax: number): readonly string[] {
  const names = root.list(0);
  if (names === undefined) return [];
  checkCount("names of types listened to", names.count, namesMax);
  return Array.from({ length: names.count }, (_, index) => readTypeName(bytes, names.text(index)));
}
