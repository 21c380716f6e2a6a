/** Control messages between us and the `capnp` tool, which knows them from our schema alone. */
import fc from "fast-check";
import { beforeAll, expect, type TestContext, test } from "vitest";
import { channelOf } from "../../src/protocol/consensus/channel.ts";
import { ControlMessageCodec } from "../../src/protocol/consensus/message-codec.ts";
import { hexOf } from "../envelope/vectors.ts";
import { runCapnpTool, setUpCapnpTool } from "../support/set-up/capnp-tool.ts";
import { MissingPeer, peersArePromised } from "../support/set-up/missing-peer.ts";
import { controlMessages } from "./control-messages.ts";
import { ipv4Space, toolVectors } from "./control-vectors.ts";

const schema = "docs/protocols/plexo-control.capnp";
const runCount = 50;
const utf8 = new TextDecoder();

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
      const channel = channelOf(message.kind);
      const decoded = runCapnpTool(
        ["decode", schema, structOf(channel.topic)],
        codec.encode(message),
      );
      const text = utf8.decode(decoded);
      fc.pre(!hasQuotedBracket(text));
      const bytes = runCapnpTool(
        ["encode", "--segment-size=1", schema, structOf(channel.topic)],
        text,
      );
      expect(codec.decode(channel, bytes)).toEqual(message);
    }),
    { numRuns: runCount },
  );
});

/**
 * In what stands between quotes, be it a type name or the bytes of an address: by brackets the tool
 * finds the end of what it reads, and does not leave those out (capnp 0.9.2).
 */
function hasQuotedBracket(text: string): boolean {
  const quoted = text.match(/"(?:[^"\\]|\\.)*"/gs) ?? [];
  return quoted.some((part) => /[()[\]]/.test(part));
}

function structOf(topic: string): string {
  return topic.split(".")[2] ?? "";
}
