import { describe, expect, test } from "vitest";
import { AgreementUnderTest } from "../../../test/support/agreement-under-test.ts";
import {
  approval,
  assignment,
  ballot,
  heartbeat,
  legacyHeartbeat,
  preparation,
  promise,
  record,
  rejection,
} from "../../../test/support/consensus-messages.ts";
import { AddressSpace } from "./address-space.ts";
import { proposalIdMax } from "./ballot.ts";

const type = "dev.Tea.json";

/** A voter that hears others vote, and has begun a ballot. */
function withBallot(...others: readonly bigint[]): AgreementUnderTest {
  const node = AgreementUnderTest.voting();
  node.receive(...others.map((id) => heartbeat(id)));
  node.pass(50);
  node.use(type);
  return node;
}

/** The last preparation that the node has sent. */
function lastPreparation(node: AgreementUnderTest) {
  const last = node.sent("preparation").at(-1);
  expect(last).toBeDefined();
  return last ?? preparation(type, ballot(0n, 0n));
}

function lastProposal(node: AgreementUnderTest) {
  return node.sent("proposal").at(-1);
}

describe("L1: a ballot comes to its end", () => {
  test("a lone voter decides at once", () => {
    const node = withBallot();
    expect(node.core.record(type)?.epoch).toBe(0n);
  });

  test("L1: a ballot that some refuse and others never answer is followed by a higher one", () => {
    // Of five, two are deaf and one has promised to somebody who is gone.
    const node = withBallot(2n, 3n, 4n, 5n);
    const first = lastPreparation(node);
    node.receive(promise(first, 2n), rejection(first, 3n, ballot(70n, 9n)));
    node.pass(500);
    const second = lastPreparation(node);
    expect(second.ballot.proposalId).toBe(71n);
    node.receive(promise(second, 2n), promise(second, 3n));
    const proposed = lastProposal(node);
    expect(proposed?.ballot).toEqual(second.ballot);
    if (proposed !== undefined) node.receive(approval(proposed, 2n), approval(proposed, 3n));
    expect(node.core.record(type)?.address).toBe(proposed?.address);
  });

  test("L1: what is not answered is said again, ever more seldom", () => {
    const node = withBallot(2n);
    for (let second = 0; second < 10; second += 1) {
      node.receive(heartbeat(2n));
      node.pass(1_000);
    }
    const count = node.sent("preparation").length;
    expect(count).toBeGreaterThan(10);
    expect(count).toBeLessThan(20);
    expect(new Set(node.sent("preparation").map((sent) => sent.ballot.proposalId)).size).toBe(1);
  });

  test("L1: a voter that is heard and answers nothing is reported, once", () => {
    const node = withBallot(2n);
    for (let second = 0; second < 60; second += 1) {
      node.receive(heartbeat(2n));
      node.pass(1_000);
    }
    const incidents = node.outputs.filter((output) => output.kind === "incident");
    expect(incidents).toMatchObject([{ reason: "one-way", instanceId: 2n }]);
  });
});

describe("R3: a ballot and its view", () => {
  test("R3: a quorum is more than half of the view, by distinct voters in it", () => {
    const node = withBallot(2n, 3n, 4n);
    const prepared = lastPreparation(node);
    node.receive(promise(prepared, 2n), promise(prepared, 2n), promise(prepared, 99n));
    expect(node.sent("proposal")).toEqual([]);
    node.receive(promise(prepared, 3n));
    expect(node.sent("proposal")).toHaveLength(1);
  });

  test("R3: a ballot is given up when its view changes, and its late votes do not count", () => {
    const node = withBallot(2n);
    const first = lastPreparation(node);
    node.receive(heartbeat(3n), promise(first, 2n), promise(first, 3n));
    expect(node.sent("proposal")).toEqual([]);
    node.pass(50);
    expect(lastPreparation(node).ballot.proposalId).toBe(first.ballot.proposalId + 1n);
  });
});

describe("R4: proposal ids", () => {
  test("R4: a new ballot is one higher than the highest seen for the type", () => {
    const node = AgreementUnderTest.voting();
    node.receive(heartbeat(2n), preparation(type, ballot(41n, 2n)));
    node.use(type);
    node.pass(100);
    expect(lastPreparation(node).ballot).toEqual(ballot(42n, 1n));
  });

  test("R4: where no higher one is left the type is given up, with an incident", () => {
    const node = AgreementUnderTest.voting();
    node.receive(heartbeat(2n), preparation(type, ballot(proposalIdMax, 2n)));
    node.use(type);
    node.pass(100);
    expect(node.sent("preparation")).toEqual([]);
    expect(node.outputs).toContainEqual(
      expect.objectContaining({ kind: "incident", reason: "proposals-exhausted" }),
    );
  });
});

describe("R11: more types than addresses", () => {
  test("R11: one too many gets none, is told of once, and is tried again ever more seldom", () => {
    // 32 of its 64 addresses are reserved.
    const node = AgreementUnderTest.voting({ space: new AddressSpace("239.255.0.0/26") });
    for (let index = 0; index < 33; index += 1) node.use(`dev.Type${index}`);
    node.pass(9_000);
    expect([...node.core.records()]).toHaveLength(32);
    const tries = () =>
      node.outputs.filter((each) => each.kind === "ballot" && each.step === "given-up");
    expect(tries()).toHaveLength(1);
    node.pass(2_000);
    expect(tries()).toHaveLength(2);
    node.pass(15_000);
    expect(tries()).toHaveLength(2);
    const incidents = node.outputs.filter((each) => each.kind === "incident");
    expect(incidents).toEqual([expect.objectContaining({ reason: "addresses-exhausted" })]);
  });
});

describe("R6, R9: what is decided meanwhile", () => {
  test("R6: a record of the epoch that is being decided ends the ballot", () => {
    const node = withBallot(2n);
    node.receive(assignment(2n, { records: [record(type, 77)] }));
    node.pass(3_000);
    expect(node.sent("preparation")).toHaveLength(1);
    expect(node.outputs).toContainEqual(expect.objectContaining({ step: "given-up" }));
  });

  test("R9: a ballot for an epoch that is decided makes way for one for the next", () => {
    const node = AgreementUnderTest.voting();
    node.receive(heartbeat(2n));
    node.use(type);
    // Others that hold an address already cannot give way, whatever the hash of their names.
    node.receive(
      assignment(2n, { records: [record(type, 77), record("dev.Old", 77, { legacy: true })] }),
    );
    node.pass(100);
    expect(lastPreparation(node).epoch).toBe(1n);
    node.receive(
      assignment(2n, {
        records: [record("dev.Elder", 78, { legacy: true }), record(type, 78, { epoch: 1n })],
      }),
    );
    node.pass(100);
    expect(lastPreparation(node).epoch).toBe(2n);
  });
});

describe("R7: the address that is proposed", () => {
  test("R7: it is what was accepted in the highest ballot, whoever reports it", () => {
    const node = withBallot(2n, 3n, 4n, 5n);
    const prepared = lastPreparation(node);
    node.receive(
      promise(prepared, 2n, { accepted: ballot(3n, 8n), address: 101 }),
      promise(prepared, 3n, { accepted: ballot(3n, 9n), address: 102 }),
    );
    expect(lastProposal(node)?.address).toBe(102);
  });

  test("R7: with a node of pyplexo in view its word is waited for, 100 ms and no more", () => {
    const node = AgreementUnderTest.voting();
    node.receive(heartbeat(2n), legacyHeartbeat(9n));
    node.pass(50);
    node.use(type);
    const beganMs = node.nowMs;
    node.receive(promise(lastPreparation(node), 2n));
    node.passTo(beganMs + 99);
    expect(node.sent("proposal")).toEqual([]);
    node.passTo(beganMs + 100);
    expect(node.sent("proposal")).toHaveLength(1);
  });
});
