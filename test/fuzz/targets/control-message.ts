import { AddressSpace } from "../../../src/protocol/consensus/address-space.ts";
import {
  type ControlChannel,
  channelOf,
  controlChannels,
} from "../../../src/protocol/consensus/channel.ts";
import type { ControlMessage } from "../../../src/protocol/consensus/message.ts";
import { ControlMessageCodec } from "../../../src/protocol/consensus/message-codec.ts";
import { messageTarget } from "../message-target.ts";
import { asciiTokens, type FuzzTarget, hexTokens } from "../target.ts";

const codec = new ControlMessageCodec(new AddressSpace("239.255.0.0/16"));

/** Of an input the first byte chooses the channel; the message follows. */
export const controlMessage: FuzzTarget = messageTarget<ControlMessage>({
  dictionary: [
    ...asciiTokens("dev.plexo.A.json\0", "a\0"),
    // Addresses: the first of the network and one further on, one outside.
    ...hexTokens("efff0000", "efff004d", "effe004d"),
    // Pointers to structs: of 1, 3, 4 and 6 data words, with none, 1 and 2 pointers.
    ...hexTokens("0000000001000000", "0000000003000100", "0000000004000200", "0000000006000100"),
    // Pointers to lists: of a text and an address, of words, pointers and structs; the tag of these.
    ...hexTokens("0500000012000000", "0500000022000000", "010000000d000000", "010000000e000000"),
    ...hexTokens("0100000027000000", "0400000002000200", "fcffffff00000000", "0100000005080000"),
    // Far and double far pointers, and numbers.
    ...hexTokens("0200000001000000", "0600000001000000", "0100000000000000", "0000000000000080"),
    ...hexTokens("0001000000000000", "ffffffffffffffff", "0000000000000000", "00000000", "01"),
  ],
  decode: (input) => codec.decode(channelAt(input[0] ?? 0), input.subarray(1)),
  encode(message) {
    const isMisdirected = message.kind === "promise" && message.misdirected;
    const { offset } = channelOf(isMisdirected ? "proposal" : message.kind);
    return Uint8Array.of(offset, ...codec.encode(message));
  },
});

function channelAt(index: number): ControlChannel {
  // "as": the remainder is an index of the list.
  return controlChannels[index % controlChannels.length] as ControlChannel;
}
