import {
  encodeCommand,
  encodePing,
  encodePong,
  type Ping,
  parseCommand,
  parseError,
  parsePing,
  parsePong,
} from "../../../src/protocol/zmtp/command.ts";
import { frameHeadByteCount } from "../../../src/protocol/zmtp/frame.ts";
import { messageTarget } from "../message-target.ts";
import type { FuzzTarget } from "../target.ts";
import { commandNames } from "./zmtp-tokens.ts";

interface Command {
  readonly name: string;
  readonly data: Uint8Array;
  readonly ping: Ping | undefined;
  readonly pong: Uint8Array | undefined;
  readonly reason: string | undefined;
}

export const command: FuzzTarget = messageTarget<Command>({
  dictionary: commandNames,
  hasOneForm: true,
  decode(body) {
    const { name, data } = parseCommand(body);
    return {
      name,
      data,
      ping: name === "PING" ? parsePing(data) : undefined,
      pong: name === "PONG" ? parsePong(data) : undefined,
      reason: name === "ERROR" ? parseError(data) : undefined,
    };
  },
  encode({ name, data, ping, pong }) {
    const frame =
      ping !== undefined
        ? encodePing(ping.ttlMs, ping.context)
        : pong !== undefined
          ? encodePong(pong)
          : encodeCommand(name, data);
    return frame.subarray(frameHeadByteCount(1 + name.length + data.length));
  },
});
