/** The checkers on traces made by hand: each passes what is right, and finds what is not. */
import { describe, expect, test } from "vitest";
import { AddressSpace } from "../../../src/protocol/consensus/address-space.ts";
import { noBallot } from "../../../src/protocol/consensus/ballot.ts";
import type { ControlMessage } from "../../../src/protocol/consensus/message.ts";
import type { BallotOutput } from "../../../src/protocol/consensus/output.ts";
import type { AgreementHost, Running } from "../agreement-host.ts";
import type { Sending } from "../data-plane.ts";
import { AgreementChecker, majoritiesMeet } from "./agreement.ts";
import { ContinuityChecker } from "./continuity.ts";
import { PromisesChecker } from "./promises.ts";
import { ValidityChecker } from "./validity.ts";

const typeName = "org.example.Reading.json";

// "as": a checker looks at no more of its host than this.
function hostOf(instanceId: bigint): AgreementHost {
  return { running: { instanceId } } as unknown as AgreementHost;
}

function ballotOf(
  step: BallotOutput["step"],
  instanceId: bigint,
  view: readonly bigint[],
  address: number,
): BallotOutput {
  const ballot = { proposalId: 1n, instanceId };
  return { kind: "ballot", step, typeName, epoch: 0n, ballot, view, address };
}

describe("G1", () => {
  test.each([
    { views: [[1n, 2n, 3n]], meet: true },
    {
      views: [
        [1n, 2n, 3n],
        [1n, 2n, 3n, 4n],
      ],
      meet: true,
    },
    { views: [[1n], [2n]], meet: false },
    { views: [[1n], [1n, 2n]], meet: true },
    {
      views: [
        [1n, 2n, 3n],
        [2n, 3n, 4n],
      ],
      meet: false,
    },
    {
      views: [
        [1n, 2n, 3n, 4n],
        [1n, 2n],
      ],
      meet: true,
    },
    { views: [[1n, 2n, 3n], [1n, 2n, 3n], [5n]], meet: false },
  ])("majorities of $views meet: $meet", ({ views, meet }) => {
    expect(majoritiesMeet(views)).toBe(meet);
  });

  test("finds two decisions that differ where the views meet", () => {
    const checker = new AgreementChecker();
    for (const [instanceId, address] of [
      [1n, 40],
      [2n, 41],
    ] as const) {
      for (const step of ["proposed", "decided"] as const) {
        checker.put(hostOf(instanceId), ballotOf(step, instanceId, [1n, 2n, 3n], address));
      }
    }
    expect(() => checker.ended()).toThrow("decided to be at 40");
  });

  test("claims nothing where they do not, and counts rivals that agree", () => {
    const split = new AgreementChecker();
    const agreed = new AgreementChecker();
    for (const [instanceId, address] of [
      [1n, 40],
      [2n, 41],
    ] as const) {
      for (const step of ["proposed", "decided"] as const) {
        split.put(hostOf(instanceId), ballotOf(step, instanceId, [instanceId], address));
        agreed.put(hostOf(instanceId), ballotOf(step, instanceId, [1n, 2n], 40));
      }
    }
    split.ended();
    expect(split.conditionHeld).toBe(false);
    agreed.ended();
    expect([agreed.conditionHeld, agreed.rivalCount]).toEqual([true, 1]);
  });
});

describe("promises", () => {
  const low = { proposalId: 1n, instanceId: 2n };
  const high = { proposalId: 2n, instanceId: 3n };
  const about = { typeName, epoch: 0n, voterId: 1n } as const;
  const promise = (ballot: typeof low, accepted = noBallot, address?: number): ControlMessage => ({
    kind: "promise",
    ...about,
    ballot,
    accepted,
    address,
    misdirected: false,
  });
  const proposal = (ballot: typeof low, address: number): ControlMessage => ({
    kind: "proposal",
    typeName,
    epoch: 0n,
    ballot,
    address,
  });
  const approval = (ballot: typeof low, address: number): ControlMessage => ({
    kind: "approval",
    ...about,
    ballot,
    address,
  });

  test.each<{ name: string; messages: ControlMessage[]; problem: string | undefined }>([
    {
      name: "a higher ballot, then its proposal",
      messages: [promise(low), promise(high), proposal(high, 40), approval(high, 40)],
      problem: undefined,
    },
    { name: "a lower ballot", messages: [promise(high), promise(low)], problem: "promises 1.2" },
    {
      name: "a proposal below the promise",
      messages: [promise(high), proposal(low, 40), approval(low, 40)],
      problem: "accepts 1.2",
    },
    {
      name: "a forgotten acceptance",
      messages: [proposal(low, 40), approval(low, 40), promise(high)],
      problem: "reports 0.0",
    },
    {
      name: "two addresses in one ballot",
      messages: [proposal(low, 40), proposal(low, 41)],
      problem: "is proposed with 40 and with 41",
    },
    {
      name: "a vote in another's name",
      messages: [{ ...promise(low), voterId: 8n } as ControlMessage],
      problem: "in the name of 8",
    },
  ])("$name: $problem", ({ messages, problem }) => {
    const checker = new PromisesChecker();
    const send = (): void => {
      for (const message of messages) checker.sent(hostOf(1n), message);
    };
    if (problem === undefined) expect(send).not.toThrow();
    else expect(send).toThrow(problem);
  });
});

describe("G2", () => {
  const space = new AddressSpace("239.255.0.0/24");
  const record = (address: number, legacy = false) =>
    ({ kind: "record", record: { typeName, epoch: 0n, address, legacy } }) as const;

  test("finds records that no type may have, or that nobody proposed", () => {
    const checker = new ValidityChecker(space);
    expect(() => checker.put(hostOf(1n), record(3))).toThrow("which no type may have");
    expect(() => checker.put(hostOf(1n), record(40))).toThrow("nobody has proposed");
    checker.put(hostOf(1n), ballotOf("proposed", 1n, [1n], 40));
    expect(() => checker.put(hostOf(1n), record(40))).not.toThrow();
    expect(() => checker.put(hostOf(1n), record(40, true))).toThrow("nobody has proposed");
  });
});

describe("G5", () => {
  /** A sender and a receiver that hear each other and use the same address. */
  function pair(): { sending: Sending; receiver: Running; checker: ContinuityChecker } {
    const route = { kind: "route", typeName, send: [40], listen: [40] } as const;
    const agreement = { record: () => ({ typeName, epoch: 0n, address: 40, legacy: false }) };
    // "as": the checker looks at no more of them.
    const [sender, receiver] = [1n, 2n].map((instanceId) => ({
      instanceId,
      agreement,
      voters: [1n, 2n],
      routes: new Map([[typeName, route]]),
    })) as unknown as [Running, Running];
    const streams = { streamCount: 0, streams: new Map(), arrivesMs: new Map() };
    const sending = { sender, typeName, next: 0, ...streams };
    return { sending, receiver, checker: new ContinuityChecker() };
  }

  /** The numbers 0 to 2 are sent, and these arrive. */
  function check(arriving: readonly number[]): () => void {
    return () => {
      const { sending, receiver, checker } = pair();
      for (const number of [0, 1, 2]) {
        checker.dataSent(sending, receiver, number);
        sending.next += 1;
      }
      for (const number of arriving) checker.dataDelivered(sending, receiver, number);
      checker.ended();
    };
  }

  test("finds what is lost, doubled or reordered", () => {
    expect(check([0, 1, 2])).not.toThrow();
    expect(check([0, 2])).toThrow("gets 2 where 1 is next");
    expect(check([0, 0])).toThrow("gets 0 where 1 is next");
    expect(check([1, 0])).toThrow("gets 1 where 0 is next");
    expect(check([0, 1])).toThrow("never gets 2 to 2");
  });

  test("claims nothing of those that do not hear each other", () => {
    const { sending, receiver, checker } = pair();
    checker.dataSent(sending, receiver, 0);
    receiver.voters = [2n];
    const { running: _none, ...host } = hostOf(2n);
    checker.put({ ...host, running: receiver } as AgreementHost, { kind: "view", voters: [2n] });
    checker.dataDelivered(sending, receiver, 2);
    expect(checker.checkedCount).toBe(0);
  });
});
