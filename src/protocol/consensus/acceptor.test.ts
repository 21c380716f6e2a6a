import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ballot } from "../../../test/support/consensus-messages.ts";
import { Acceptor } from "./acceptor.ts";
import { type Ballot, compareBallots, noBallot, proposalIdMax } from "./ballot.ts";

const type = "dev.Tea";
const minuteMs = 60_000;

function acceptor(typesMax = 100): Acceptor {
  return new Acceptor(1n, typesMax);
}

const ballots = fc.tuple(fc.bigInt(1n, 4n), fc.bigInt(1n, 3n)).map((ids) => ballot(...ids));

const steps = fc.array(
  fc.record({ ballot: ballots, address: fc.option(fc.nat(9)), epoch: fc.bigInt(0n, 1n) }),
  { maxLength: 40 },
);

describe("R5: votes", () => {
  test("R5: no promise is broken, and what is reported is what was accepted last, in any sequence", () => {
    fc.assert(
      fc.property(steps, (all) => {
        const votes = acceptor();
        const promised = new Map<bigint, Ballot>();
        const accepted = new Map<bigint, { ballot: Ballot; address: number }>();
        for (const { epoch, ballot: asked, address } of all) {
          const before = promised.get(epoch) ?? noBallot;
          const isBelow = compareBallots(asked, before) < 0;
          if (address === null) {
            const result = votes.prepare(type, epoch, asked, 0);
            expect(result).toEqual(
              isBelow
                ? { kind: "rejected", promised: before }
                : {
                    kind: "promised",
                    accepted: accepted.get(epoch)?.ballot ?? noBallot,
                    address: accepted.get(epoch)?.address,
                  },
            );
          } else {
            const result = votes.accept(type, epoch, asked, address, 0);
            expect(result.kind).toBe(isBelow ? "rejected" : "accepted");
            if (!isBelow) accepted.set(epoch, { ballot: asked, address });
          }
          if (!isBelow) promised.set(epoch, asked);
        }
      }),
    );
  });

  test("R5: a promise asked for again is given again, since the answer may be lost", () => {
    const votes = acceptor();
    const first = votes.prepare(type, 0n, ballot(5n, 1n), 0);
    expect(votes.prepare(type, 0n, ballot(5n, 1n), 0)).toEqual(first);
    expect(votes.prepare(type, 0n, ballot(5n, 2n), 0).kind).toBe("promised");
    expect(votes.prepare(type, 0n, ballot(5n, 1n), 0).kind).toBe("rejected");
  });

  test("R5: types and epochs know nothing of each other", () => {
    const votes = acceptor();
    votes.accept(type, 0n, ballot(5n, 1n), 77, 0);
    expect(votes.prepare(type, 1n, ballot(1n, 1n), 0)).toMatchObject({ address: undefined });
    expect(votes.prepare("dev.Milk", 0n, ballot(1n, 1n), 0)).toMatchObject({ address: undefined });
  });
});

describe("R4: proposal ids", () => {
  test("R4: the first is the value passed in, each other one above all that were seen", () => {
    const votes = new Acceptor(1_000n, 10);
    expect(votes.takeProposalId(type, 0)).toBe(1_000n);
    expect(votes.takeProposalId(type, 0)).toBe(1_001n);
    votes.see(type, 5_000n, 0);
    votes.see(type, 4_000n, 0);
    expect(votes.takeProposalId(type, 0)).toBe(5_001n);
    expect(votes.takeProposalId("dev.Milk", 0)).toBe(1_000n);
  });

  test("R4: none is used again, even of a type that was forgotten meanwhile", () => {
    const votes = acceptor();
    for (let count = 0; count < 7; count += 1) votes.takeProposalId(type, 0);
    votes.wake(10 * minuteMs);
    expect(votes.size).toBe(0);
    expect(votes.takeProposalId(type, 10 * minuteMs)).toBe(8n);
  });
});

describe("R4: forged proposal ids", () => {
  test("R4: one that is near the end uses up those of its own type only, however long ago", () => {
    const votes = acceptor();
    votes.see(type, proposalIdMax - 1n, 0);
    expect(votes.takeProposalId(type, 0)).toBe(proposalIdMax);
    votes.settle(type, 0n);
    votes.wake(60 * minuteMs);
    expect(votes.takeProposalId("dev.Other", 60 * minuteMs)).toBe(1n);
    expect(votes.takeProposalId(type, 60 * minuteMs)).toBeGreaterThan(proposalIdMax);
  });
});

describe("R11: room", () => {
  test("R11: a promise goes after 10 minutes of silence, not before", () => {
    const votes = acceptor();
    votes.prepare(type, 0n, ballot(5n, 1n), 0);
    votes.wake(9 * minuteMs);
    expect(votes.prepare(type, 0n, ballot(4n, 1n), 9 * minuteMs).kind).toBe("rejected");
    votes.wake(18 * minuteMs);
    expect(votes.size).toBe(1);
    votes.wake(19 * minuteMs);
    expect(votes.size).toBe(0);
    expect(votes.deadlineMs).toBe(Number.POSITIVE_INFINITY);
  });

  test("R11: what was accepted stays until it is decided: somebody who is cut off may have done so", () => {
    const votes = acceptor();
    votes.accept(type, 0n, ballot(5n, 1n), 77, 0);
    votes.wake(60 * minuteMs);
    expect(votes.prepare(type, 0n, ballot(6n, 1n), 60 * minuteMs)).toMatchObject({ address: 77 });
    votes.settle(type, 0n);
    votes.wake(71 * minuteMs);
    expect(votes.size).toBe(0);
  });

  test("R11: over as many types as there are addresses are refused, and nobody is thrown out", () => {
    const votes = acceptor(2);
    votes.accept("dev.A", 0n, ballot(5n, 1n), 77, 0);
    votes.see("dev.B", 5n, 0);
    expect(votes.prepare("dev.C", 0n, ballot(1n, 1n), 0).kind).toBe("full");
    expect(votes.accept("dev.C", 0n, ballot(1n, 1n), 78, 0).kind).toBe("full");
    expect(votes.see("dev.C", 1n, 0)).toBe(false);
    expect(votes.prepare("dev.A", 0n, ballot(6n, 1n), 0)).toMatchObject({ address: 77 });
  });

  test("R11: a flood of made-up types leaves room for those that the node itself needs", () => {
    const votes = acceptor(2);
    votes.see("dev.A", 5n, 0);
    votes.see("dev.B", 5n, 0);
    const proposalId = votes.takeProposalId("dev.Own", 0);
    expect(votes.prepare("dev.Own", 0n, ballot(proposalId, 1n), 0).kind).toBe("promised");
  });

  test("L2: of one type no more than 8 epochs can be open; a decision makes room", () => {
    const votes = acceptor();
    for (let epoch = 0n; epoch < 8n; epoch += 1n) {
      expect(votes.prepare(type, epoch, ballot(1n, 1n), 0).kind).toBe("promised");
    }
    expect(votes.prepare(type, 8n, ballot(1n, 1n), 0).kind).toBe("full");
    votes.settle(type, 6n);
    expect(votes.prepare(type, 8n, ballot(1n, 1n), 0).kind).toBe("promised");
    expect(votes.prepare(type, 7n, ballot(0n, 1n), 0).kind).toBe("rejected");
  });
});
