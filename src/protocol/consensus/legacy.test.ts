import { describe, expect, test } from "vitest";
import { AgreementUnderTest } from "../../../test/support/agreement-under-test.ts";
import {
  assignment,
  ballot,
  heartbeat,
  legacyHeartbeat,
  preparation,
  promise,
  proposal,
  record,
} from "../../../test/support/consensus-messages.ts";
import { AddressSpace } from "./address-space.ts";

const type = "dev.Tea.json";

/** A voter that hears one node of pyplexo, whose id is 9. */
function withLegacy(): AgreementUnderTest {
  const node = AgreementUnderTest.voting();
  node.receive(legacyHeartbeat(9n));
  node.pass(50);
  return node;
}

function misdirected(typeName: string, address: number | undefined) {
  return promise(preparation(typeName, ballot(5n, 1n)), 0n, { address, misdirected: true });
}

describe("nodes of pyplexo", () => {
  test("they are asked, once for each type in use, when they are new", () => {
    const node = AgreementUnderTest.voting();
    node.use("dev.Tea");
    node.use("dev.Milk");
    node.pass(100);
    node.outputs.length = 0;
    node.receive(legacyHeartbeat(9n), legacyHeartbeat(9n));
    node.pass(1_000);
    const asked = node.sent("preparation").map(({ typeName }) => typeName);
    expect(asked.sort()).toEqual(["dev.Milk", "dev.Tea"]);
  });

  test("one that is asked by another of ours need not be asked again", () => {
    const node = AgreementUnderTest.voting();
    node.use(type);
    node.pass(100);
    node.outputs.length = 0;
    node.receive(heartbeat(2n), legacyHeartbeat(9n), preparation(type, ballot(80n, 2n)));
    node.pass(1_000);
    expect(node.sent("preparation")).toEqual([]);
  });

  test("R7: the address that one holds becomes the record, and is not moved", () => {
    const node = withLegacy();
    node.use(type);
    node.receive(misdirected(type, 4_000));
    node.pass(200);
    expect(node.core.record(type)).toEqual(record(type, 4_000, { legacy: true }));
  });

  test("they vote for nobody of ours: a misdirected promise is no vote", () => {
    const node = AgreementUnderTest.voting();
    node.receive(heartbeat(2n), legacyHeartbeat(9n));
    node.pass(50);
    node.use(type);
    const prepared = node.sent("preparation").at(-1);
    expect(prepared).toBeDefined();
    if (prepared !== undefined) {
      node.receive(promise(prepared, 0n, { misdirected: true }), promise(prepared, 9n));
    }
    node.pass(200);
    expect(node.sent("proposal")).toEqual([]);
  });

  test("what one proposes is approved of, and kept for it", () => {
    const node = withLegacy();
    node.receive(proposal(type, ballot(6n, 9n), 4_000));
    expect(node.sent("approval")).toMatchObject([{ address: 4_000, ballot: ballot(6n, 9n) }]);
    expect(node.core.record(type)).toEqual(record(type, 4_000, { legacy: true }));
  });

  test("one that asks for what is decided is promised the address", () => {
    const node = withLegacy();
    node.receive(assignment(2n, { records: [record(type, 77)] }));
    node.receive(preparation(type, ballot(6n, 9n)));
    expect(node.sent("promise")).toMatchObject([
      { ballot: ballot(6n, 9n), address: 77, voterId: 0n, accepted: { proposalId: 5n } },
    ]);
  });

  test("one whose proposal id is 0 is promised nothing: no ballot could be lower", () => {
    const node = withLegacy();
    node.receive(assignment(2n, { records: [record(type, 77)] }));
    node.receive(preparation(type, ballot(0n, 9n)));
    expect(node.sent("promise")).toMatchObject([{ address: undefined, accepted: ballot(0n, 0n) }]);
  });

  test("a promise that went astray is repeated once where it belongs, by one of ours", () => {
    const node = withLegacy();
    const astray = promise(preparation(type, ballot(6n, 9n)), 0n, { misdirected: true });
    node.receive(astray);
    node.pass(20);
    expect(node.sent("promise")).toEqual([{ ...astray, misdirected: false }]);
    node.receive(astray, { ...astray, misdirected: false });
    node.pass(20);
    expect(node.sent("promise")).toHaveLength(1);
  });

  test("if two hold different addresses for one type, both are used, and it is reported", () => {
    const node = withLegacy();
    node.use(type);
    node.receive(misdirected(type, 4_000), misdirected(type, 4_001));
    const routes = node.outputs.filter((output) => output.kind === "route");
    expect(routes.at(-1)?.send.toSorted()).toEqual([4_000, 4_001]);
    expect(routes.at(-1)?.listen.toSorted()).toEqual([4_000, 4_001]);
    expect(node.outputs).toContainEqual(expect.objectContaining({ reason: "legacy-split" }));
  });

  test("L2: made-up promises for made-up types take no more room than there are addresses", () => {
    const node = AgreementUnderTest.voting({ space: new AddressSpace("239.255.0.0/26") });
    for (let index = 0; index < 200; index += 1) {
      node.receive(misdirected(`dev.Type${index}`, 32 + (index % 32)));
    }
    expect(node.core.sizes).toMatchObject({ records: 32, legacyTypes: 32 });
  });
});
