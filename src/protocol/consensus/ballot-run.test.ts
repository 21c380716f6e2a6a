import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ballot } from "../../../test/support/consensus-messages.ts";
import { noBallot } from "./ballot.ts";
import { BallotRun } from "./ballot-run.ts";

function runAmong(view: readonly bigint[]): BallotRun {
  return new BallotRun(0n, ballot(5n, 1n), view, 0);
}

/** The ids from 1 on. */
function voters(count: number): bigint[] {
  return Array.from({ length: count }, (_, index) => BigInt(index + 1));
}

describe("R3: quorums", () => {
  test("R3: a quorum is more than half of the view, in distinct votes of its members", () => {
    const votes = fc.array(fc.bigInt(1n, 12n), { maxLength: 30 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), votes, (count, ids) => {
        const run = runAmong(voters(count));
        for (const id of ids) run.takePromise(id, noBallot, undefined);
        const distinct = new Set(ids.filter((id) => id <= BigInt(count))).size;
        expect(run.hasQuorum).toBe(distinct > count / 2);
      }),
    );
  });

  test("R3: two quorums of one view always meet, and a refused ballot can have none", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.bigInt(0n, 511n), (count, chosen) => {
        const run = runAmong(voters(count));
        const rest = runAmong(voters(count));
        for (const id of voters(count)) {
          const isChosen = ((chosen >> (id - 1n)) & 1n) === 1n;
          (isChosen ? run : rest).takePromise(id, noBallot, undefined);
          if (!isChosen) run.takeRefusal(id);
        }
        expect(run.hasQuorum && rest.hasQuorum).toBe(false);
        expect(run.isRefused).toBe(!run.hasQuorum);
      }),
    );
  });

  test("R3: votes of phase 1 are none in phase 2", () => {
    const run = runAmong(voters(3));
    for (const id of voters(3)) run.takePromise(id, noBallot, undefined);
    run.propose(77);
    expect(run.hasQuorum).toBe(false);
    run.takeApproval(2n);
    run.takeApproval(2n);
    expect(run.hasQuorum).toBe(false);
    run.takeApproval(3n);
    expect(run.hasQuorum).toBe(true);
  });
});

describe("R7: what the voters have accepted", () => {
  test("R7: the highest ballot counts, by proposal id, then by instance id, whatever the order", () => {
    const reports = [
      { accepted: ballot(2n, 9n), address: 71 },
      { accepted: ballot(3n, 1n), address: 72 },
      { accepted: ballot(3n, 2n), address: 73 },
      { accepted: noBallot, address: 74 },
      { accepted: ballot(4n, 4n), address: undefined },
    ];
    fc.assert(
      fc.property(fc.shuffledSubarray(reports, { minLength: 5 }), (shuffled) => {
        const run = runAmong(voters(5));
        for (const [index, { accepted, address }] of shuffled.entries()) {
          run.takePromise(BigInt(index + 1), accepted, address);
        }
        expect(run.acceptedAddress).toBe(73);
      }),
    );
  });

  test("R7: the word of one outside the view counts for nothing", () => {
    const run = runAmong(voters(2));
    run.takePromise(9n, ballot(4n, 4n), 77);
    expect(run.acceptedAddress).toBeUndefined();
  });
});

test("the silent are those who have neither voted nor refused", () => {
  const run = runAmong(voters(4));
  run.takePromise(1n, noBallot, undefined);
  run.takeRefusal(2n);
  run.takeRefusal(9n);
  expect([run.silent, run.hasRefusal]).toEqual([[3n, 4n], true]);
  run.propose(77);
  run.takeApproval(3n);
  expect(run.silent).toEqual([4n]);
});
