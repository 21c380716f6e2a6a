/** What one node keeps of a network: its share of the heap, with all it was told decoded from bytes. */
import { collectedHeapBytes } from "../../bench/heap.ts";
import { AddressSpace } from "../../src/protocol/consensus/address-space.ts";
import { AddressAgreement } from "../../src/protocol/consensus/agreement.ts";
import { channelOf } from "../../src/protocol/consensus/channel.ts";
import { OwnListenedTypes } from "../../src/protocol/consensus/listened-types.ts";
import type { ControlMessage } from "../../src/protocol/consensus/message.ts";
import { ControlMessageCodec } from "../../src/protocol/consensus/message-codec.ts";
import { probe } from "../../src/protocol/consensus/probe.ts";

/** Each of the others listens to so many types. */
const listenedCount = 120;

/** Of a node that hears so many others and knows so many records, and uses 120 of the types. */
export function nodeHeapBytes(nodeCount: number, typeCount: number): number {
  const space = new AddressSpace("239.255.0.0/16");
  const codec = new ControlMessageCodec(space);
  const taken = new Set<number>();
  const beforeBytes = collectedHeapBytes();
  const node = new AddressAgreement({
    instanceId: 1n,
    space,
    random: () => 0.5,
    firstProposalId: 1n,
  });
  const tell = (message: ControlMessage): void => {
    const channel = channelOf(message.kind);
    node.receive(codec.decode(channel, codec.encode(message)), 200);
    node.drain();
  };
  node.start(0);
  node.wake(200);
  for (let index = 0; index < nodeCount; index += 1) {
    const types = new OwnListenedTypes(64);
    for (let type = 0; type < Math.min(typeCount, listenedCount); type += 1) {
      types.add(nameOf((index * listenedCount + type) % typeCount));
    }
    do {
      tell({
        kind: "heartbeat",
        instanceId: BigInt(index + 2),
        intervalMs: 10_000,
        voter: true,
        hello: false,
        leaving: false,
        digest: 0n,
        ...types.tell(),
      });
    } while (types.hasUntold);
  }
  for (let type = 0; type < typeCount; type += 1) {
    const address = takeFree(taken, space, nameOf(type));
    tell({
      kind: "assignment",
      instanceId: 2n,
      digest: 0n,
      firstBucket: 0,
      bucketCount: 0,
      records: [{ typeName: nameOf(type), epoch: 0n, address, legacy: false }],
      bucketDigests: [],
    });
  }
  for (let type = 0; type < Math.min(typeCount, listenedCount); type += 1) {
    node.use(nameOf(type), { sends: true, listens: true }, 200);
    node.drain();
  }
  taken.clear();
  const heapBytes = collectedHeapBytes() - beforeBytes;
  if (node.sizes.records !== typeCount) throw new Error(`${node.sizes.records} records known`);
  return heapBytes;
}

/** One that no type has yet, and the type likes best among the rest. */
function takeFree(taken: Set<number>, space: AddressSpace, typeName: string): number {
  let address = probe(typeName, 0, space.size);
  while (!space.canLease(address) || taken.has(address)) address = (address + 1) % space.size;
  taken.add(address);
  return address;
}

function nameOf(type: number): string {
  return `org.example.cost.Reading${type}.json`;
}
