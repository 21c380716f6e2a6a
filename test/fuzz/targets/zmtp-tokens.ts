/** What ZMTP is made of, for the dictionaries of its decoders. */
import { asciiTokens, hexToken, hexTokens } from "../target.ts";

const names = ["READY", "ERROR", "PING", "PONG", "SUBSCRIBE", "CANCEL"];

/** Commands begin with the length of their name. */
export const commandNames: readonly Uint8Array[] = asciiTokens(
  ...names.map((name) => String.fromCharCode(name.length) + name),
);

/** Properties of READY, whole ones and in parts. */
export const properties: readonly Uint8Array[] = [
  ...asciiTokens("\x0bSocket-Type", "\x08Identity", "\x07X-Plexo", "PAIR", "PUB", "SUB", "XPUB"),
  ...asciiTokens("\x0bSocket-Type\0\0\0\x04PAIR", "\x07X-Plexo\0\0\0\x051/abc"),
  ...hexTokens("00000000", "00000001", "7fffffff", "ffffffff"),
];

/** Heads of frames: short, long, of commands, and claims that are legal and large. */
export const frameHeads: readonly Uint8Array[] = hexTokens(
  "0000",
  "0001",
  "0100",
  "00ff",
  "01ff",
  "0405",
  "04ff",
  "020000000000000000",
  "020000000000000100",
  "030000000000000005",
  "060000000000000005",
  "020000000004000000",
  "020000000004000001",
  "060000000000002000",
  "02ffffffffffffffff",
);

/** The whole greeting of a NULL peer that announces 3.1. */
export const greeting: Uint8Array = hexToken(`ff00000000000000017f03014e554c4c${"00".repeat(48)}`);
