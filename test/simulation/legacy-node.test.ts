import { expect, test } from "vitest";
import { AddressSpace } from "../../src/protocol/consensus/address-space.ts";
import { noBallot } from "../../src/protocol/consensus/ballot.ts";
import type { ControlMessage } from "../../src/protocol/consensus/message.ts";
import { Random } from "../../src/testing/random.ts";
import { heartbeat } from "../support/consensus-messages.ts";
import { LegacyNode } from "./legacy-node.ts";

const space = new AddressSpace("239.255.0.0/16");
const typeName = "org.example.Reading.json";
const theirs = { proposalId: 5n, instanceId: 77n };

/** A node whose start is over, and what it has sent since. */
function startedNode(): { node: LegacyNode; sent: (nowMs: number) => ControlMessage[] } {
  const random = new Random(1);
  const options = { instanceId: 9n, space, random, epochMs: 1_000, intervalMs: 100, timeoutMs: 50 };
  const node = new LegacyNode(options, 0);
  const sent = (nowMs: number): ControlMessage[] => {
    node.wake(nowMs);
    return node
      .drain()
      .flatMap((output) => (output.kind === "send" ? output.message : []))
      .filter(({ kind }) => kind !== "heartbeat");
  };
  sent(100);
  return { node, sent };
}

test("a heartbeat says nothing but the instance id, and comes at once", () => {
  const random = new Random(1);
  const options = { instanceId: 9n, space, random, epochMs: 0, intervalMs: 100, timeoutMs: 50 };
  const [output] = new LegacyNode(options, 0).drain();
  expect(output).toMatchObject({
    kind: "send",
    message: { kind: "heartbeat", instanceId: 9n, intervalMs: 0, voter: false },
  });
});

test("a promise goes out on the channel of proposals, with what was remembered before", () => {
  const { node, sent } = startedNode();
  node.receive({ kind: "preparation", typeName, epoch: 0n, ballot: theirs }, 101);
  expect(sent(101)).toMatchObject([
    { kind: "promise", misdirected: true, ballot: theirs, accepted: noBallot, address: undefined },
  ]);
  node.receive({ kind: "proposal", typeName, epoch: 0n, ballot: theirs, address: 40 }, 102);
  expect(sent(102)).toMatchObject([{ kind: "approval", ballot: theirs, address: 40, voterId: 0n }]);
  const higher = { proposalId: 6n, instanceId: 1n };
  node.receive({ kind: "preparation", typeName, epoch: 0n, ballot: higher }, 103);
  expect(sent(103)).toMatchObject([{ kind: "promise", accepted: theirs, address: 40 }]);
});

test("a ballot that is not higher is rejected", () => {
  const { node, sent } = startedNode();
  node.receive({ kind: "preparation", typeName, epoch: 0n, ballot: theirs }, 101);
  node.receive({ kind: "preparation", typeName, epoch: 0n, ballot: theirs }, 102);
  expect(sent(102)).toMatchObject([{ kind: "promise" }, { kind: "rejection", ballot: theirs }]);
});

test("a misdirected promise is taken for a proposal, and approved of with a null address", () => {
  const { node, sent } = startedNode();
  node.receive({ kind: "preparation", typeName, epoch: 0n, ballot: theirs }, 101);
  sent(101);
  node.receive(
    {
      kind: "promise",
      typeName,
      epoch: 0n,
      ballot: theirs,
      voterId: 0n,
      accepted: noBallot,
      address: undefined,
      misdirected: true,
    },
    102,
  );
  expect(sent(102)).toMatchObject([{ kind: "approval", ballot: theirs, address: undefined }]);
});

test("alone it concludes after two timeouts, with an address of its own choice", () => {
  const { node, sent } = startedNode();
  node.adapt(typeName, 110);
  expect(sent(110)).toMatchObject([{ kind: "preparation", typeName }]);
  expect(sent(160)).toMatchObject([{ kind: "proposal", typeName }]);
  expect(node.held.has(typeName)).toBe(false);
  sent(210);
  expect(space.canLease(node.held.get(typeName) ?? 0)).toBe(true);
});

test("with a peer that never promises it tries for ever", () => {
  const { node, sent } = startedNode();
  for (const nowMs of [110, 150, 200, 250]) node.receive(heartbeat(77n), nowMs);
  sent(150);
  node.adapt(typeName, 160);
  node.receive(heartbeat(77n), 200);
  const kinds = [160, 210, 260, 310].flatMap((nowMs) => {
    node.receive(heartbeat(77n), nowMs);
    return sent(nowMs).map(({ kind }) => kind);
  });
  expect(kinds).toEqual(["preparation", "preparation", "preparation", "preparation"]);
  expect(node.held.size).toBe(0);
});

test("a promise where it belongs, and an approval, give it the address they carry", () => {
  const { node, sent } = startedNode();
  node.receive(heartbeat(77n), 110);
  sent(150);
  node.adapt(typeName, 160);
  const [preparation] = sent(160);
  if (preparation?.kind !== "preparation") expect.fail("it prepares first");
  const { ballot } = preparation;
  const vote = { typeName, epoch: 0n, ballot, voterId: 77n, address: 40 } as const;
  node.receive({ kind: "promise", ...vote, accepted: theirs, misdirected: false }, 161);
  expect(sent(161)).toMatchObject([{ kind: "proposal", ballot, address: 40 }]);
  node.receive({ kind: "approval", ...vote }, 162);
  sent(162);
  expect(node.held.get(typeName)).toBe(40);
});

test("an approval of somebody else's proposal gives it no address", () => {
  const { node, sent } = startedNode();
  node.receive({ kind: "preparation", typeName, epoch: 0n, ballot: theirs }, 101);
  node.receive({ kind: "proposal", typeName, epoch: 0n, ballot: theirs, address: 40 }, 102);
  sent(102);
  expect(node.held.size).toBe(0);
});
