/** Control messages between us and the `capnp` tool, which knows them from our schema alone. */
import fc from "fast-check";
import { beforeAll, expect, type TestContext, test } from "vitest";
import { channelOf } from "../../src/protocol/consensus/channel.ts";
import type { ControlMessage } from "../../src/protocol/consensus/message.ts";
import { ControlMessageCodec } from "../../src/protocol/consensus/message-codec.ts";
import { hexOf } from "../envelope/vectors.ts";
import { runCapnpTool, setUpCapnpTool } from "../support/set-up/capnp-tool.ts";
import { MissingPeer, peersArePromised } from "../support/set-up/missing-peer.ts";
import { controlMessages } from "./control-messages.ts";
import { ipv4Space, toolVectors } from "./control-vectors.ts";

const schema = "docs/protocols/plexo-control.capnp";
const runCount = 50;

let missing: string | undefined;

beforeAll(async () => {
  try {
    await setUpCapnpTool();
  } catch (error) {
    if (!(error instanceof MissingPeer) || peersArePromised()) throw error;
    missing = error.message;
  }
}, 120_000);

function skipWithoutTool({ skip }: TestContext): void {
  if (missing !== undefined) skip(missing);
}

test("the schema says what the golden messages were made by", (context) => {
  skipWithoutTool(context);
  for (const { name, channel, text, bytes } of toolVectors()) {
    const encoded = runCapnpTool(["encode", schema, structOf(channel.topic)], text);
    expect({ name, hex: hexOf(encoded) }).toEqual({ name, hex: hexOf(bytes) });
  }
});

test("what we write, the tool reads as text, and what it writes of that in segments, we read", (context) => {
  skipWithoutTool(context);
  const codec = new ControlMessageCodec(ipv4Space);
  fc.assert(
    fc.property(controlMessages, (message) => {
      fc.pre(!typeNamesOf(message).some(hasBracket));
      const channel = channelOf(message.kind);
      const text = runCapnpTool(["decode", schema, structOf(channel.topic)], codec.encode(message));
      const bytes = runCapnpTool(
        ["encode", "--segment-size=1", schema, structOf(channel.topic)],
        text,
      );
      expect(codec.decode(channel, bytes)).toEqual(message);
    }),
    { numRuns: runCount },
  );
});

/** By them the tool finds the end of what it reads, those in a text not left out (capnp 0.9.2). */
function hasBracket(typeName: string): boolean {
  return /[()[\]]/.test(typeName);
}

function typeNamesOf(message: ControlMessage): readonly string[] {
  switch (message.kind) {
    case "heartbeat":
      return message.listening;
    case "assignment":
      return message.records.map(({ typeName }) => typeName);
    default:
      return [message.typeName];
  }
}

function structOf(topic: string): string {
  return topic.split(".")[2] ?? "";
}
