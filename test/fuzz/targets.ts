/** Every decoder of bytes from outside, under the name that its folder in `corpus` has, too. */
import type { FuzzTarget } from "./target.ts";
import type { Conversation } from "./targets/zmtp-session.ts";

/** A target is loaded alone, with what it is made of: of that the coverage is measured. */
const loaders: Readonly<Record<string, () => Promise<FuzzTarget>>> = {
  envelope: async () => (await import("./targets/envelope.ts")).envelope,
  "impulse-id": async () => (await import("./targets/impulse-id.ts")).impulseId,
  "control-message": async () => (await import("./targets/control-message.ts")).controlMessage,
  "epgm-packet": async () => (await import("./targets/epgm-packet.ts")).packet,
  "epgm-stream": async () => (await import("./targets/epgm-stream.ts")).stream,
  "zmtp-greeting": async () => (await import("./targets/zmtp-greeting.ts")).greeting,
  "zmtp-frames": async () => (await import("./targets/zmtp-frames.ts")).frames,
  "zmtp-command": async () => (await import("./targets/zmtp-command.ts")).command,
  "zmtp-metadata": async () => (await import("./targets/zmtp-metadata.ts")).metadata,
  "zmtp-session-pair": session({ socketType: "PAIR" }),
  "zmtp-session-bound": session({ socketType: "PAIR", admission: "by owner" }),
  "zmtp-session-pub": session({ socketType: "PUB" }),
  "zmtp-session-sub": session({ socketType: "SUB" }),
};

export const targetNames: readonly string[] = Object.keys(loaders);

function session(conversation: Conversation): () => Promise<FuzzTarget> {
  return async () => (await import("./targets/zmtp-session.ts")).sessionOf(conversation);
}

/** @throws {Error} if there is none of that name. */
export async function loadTarget(name: string): Promise<FuzzTarget> {
  const load = loaders[name];
  if (load === undefined) throw new Error(`no target ${name}, but ${targetNames.join(", ")}`);
  return await load();
}
