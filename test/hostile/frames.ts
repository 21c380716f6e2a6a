/** What peers send that are up to no good: frames, in hex. */
import { encodeEnvelope } from "../../src/protocol/envelope.ts";
import { encodeCommand, encodePing } from "../../src/protocol/zmtp/command.ts";
import { frameFlags, writeFrameHead } from "../../src/protocol/zmtp/frame.ts";
import { encodeMetadata } from "../../src/protocol/zmtp/metadata.ts";
import { encodeCancel, encodeSubscribe } from "../../src/protocol/zmtp/subscription.ts";
import { bytesOf, hexOf, textHex } from "../zmtp/recorder.ts";

const nothing = new Uint8Array(0);

/** READY of a peer of this type; of one of ours if it has an instance id. */
export function ready(socketType: string, instanceId?: string): string {
  const plexo = instanceId === undefined ? undefined : { version: "1", instanceId };
  return command("READY", encodeMetadata(socketType, plexo));
}

export function command(name: string, data: Uint8Array = nothing): string {
  return hexOf(encodeCommand(name, data));
}

export function ping(context: Uint8Array = nothing): string {
  return hexOf(encodePing(0, context));
}

/** So many properties of READY, each with a value of so many bytes. */
export function properties(count: number, valueByteCount: number): Uint8Array {
  const size = valueByteCount.toString(16).padStart(8, "0");
  const value = "61".repeat(valueByteCount);
  const names = Array.from({ length: count }, (_, index) => textHex(`A${index}`));
  const each = names.map(
    (name) => `${(name.length / 2).toString(16).padStart(2, "0")}${name}${size}${value}`,
  );
  return bytesOf(each.join(""));
}

/** A frame of a message. */
export function frame(body: string, more = false): string {
  const head = new Uint8Array(9);
  const headByteCount = writeFrameHead(head, 0, more ? frameFlags.more : 0, body.length / 2);
  return hexOf(head.subarray(0, headByteCount)) + body;
}

/** The head of a message's frame that claims to have so many bytes; its size takes eight octets. */
export function claim(byteCount: bigint): string {
  return `02${byteCount.toString(16).padStart(16, "0")}`;
}

/** A message on a pair. */
export function envelope(topic: string, payload: string): string {
  return frame(hexOf(encodeEnvelope(topic, new TextEncoder().encode(payload))));
}

/** A message of a publisher. */
export function published(topic: string, payload: string): string {
  return frame(textHex(topic), true) + frame(textHex(payload));
}

export function subscribe(prefix: string): string {
  return hexOf(encodeSubscribe(new TextEncoder().encode(prefix), "3.1"));
}

export function cancel(prefix: string): string {
  return hexOf(encodeCancel(new TextEncoder().encode(prefix), "3.1"));
}
