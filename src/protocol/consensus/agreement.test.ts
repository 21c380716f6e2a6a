import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AgreementUnderTest } from "../../../test/support/agreement-under-test.ts";
import {
  assignment,
  ballot,
  heartbeat,
  preparation,
  record,
} from "../../../test/support/consensus-messages.ts";
import { AddressSpace } from "./address-space.ts";
import { AddressAgreement } from "./agreement.ts";
import type { ControlMessage } from "./message.ts";
import { ControlMessageCodec } from "./message-codec.ts";
import type { AgreementOutput } from "./output.ts";
import { epochMax } from "./record.ts";

const type = "dev.Tea";

/** Of one core: 32 addresses, so that types meet. */
const smallSpace = new AddressSpace("239.255.0.0/26");
const smallCodec = new ControlMessageCodec(smallSpace);

/** Messages of every kind, of a few nodes about a few types, that contradict each other. */
const names = fc.constantFrom("dev.A", "dev.B", "dev.C", "dev.D");
const ids = fc.bigInt(1n, 5n);
const voterIds = fc.bigInt(0n, 5n);
const epochs = fc.oneof(
  fc.bigInt(0n, 3n),
  fc.bigInt(0n, epochMax),
  fc.bigInt(epochMax - 1n, epochMax),
);
const addresses = fc.oneof(fc.integer({ min: 30, max: 66 }), fc.integer({ min: 0, max: 2 ** 32 }));
const proposalIds = fc.oneof(
  { weight: 9, arbitrary: fc.bigInt(0n, 9n) },
  { weight: 1, arbitrary: fc.bigInt(0n, 2n ** 63n - 1n) },
);
const ballots = fc.record({ proposalId: proposalIds, instanceId: ids });
const about = { typeName: names, epoch: epochs, ballot: ballots };
const addressIfAny = fc.option(addresses, { nil: undefined });
const digests = fc.oneof(fc.constant(0n), fc.bigInt(0n, 2n ** 64n - 1n));
const records = fc.array(
  fc.record({ typeName: names, epoch: epochs, address: addresses, legacy: fc.boolean() }),
  { maxLength: 5 },
);

const messages: fc.Arbitrary<ControlMessage> = fc.oneof(
  fc.record({
    kind: fc.constant("heartbeat" as const),
    instanceId: ids,
    intervalMs: fc.oneof(fc.constantFrom(0, 10, 1_000), fc.nat(3_600_000)),
    voter: fc.boolean(),
    hello: fc.boolean(),
    leaving: fc.constantFrom(false, false, false, true),
    digest: digests,
    listeningDigest: digests,
    listeningCount: fc.nat(200),
    listening: fc.array(names, { maxLength: 5 }),
  }),
  fc.record({ kind: fc.constant("preparation" as const), ...about }),
  fc.record({
    kind: fc.constant("promise" as const),
    ...about,
    voterId: voterIds,
    accepted: ballots,
    address: addressIfAny,
    misdirected: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant("rejection" as const),
    ...about,
    voterId: voterIds,
    promised: ballots,
  }),
  fc.record({ kind: fc.constant("proposal" as const), ...about, address: addressIfAny }),
  fc.record({
    kind: fc.constant("approval" as const),
    ...about,
    address: addressIfAny,
    voterId: voterIds,
  }),
  fc.record({
    kind: fc.constant("assignment" as const),
    instanceId: ids,
    digest: digests,
    firstBucket: fc.constantFrom(0, 0, 200),
    bucketCount: fc.constantFrom(0, 1, 56, 256),
    records,
    bucketDigests: fc.constantFrom([], Array<bigint>(256).fill(0n)),
  }),
);

type Step =
  | { readonly kind: "message"; readonly message: ControlMessage }
  | { readonly kind: "pass"; readonly ms: number; readonly wakes: boolean }
  | { readonly kind: "use"; readonly typeName: string; readonly sends: boolean }
  | { readonly kind: "release"; readonly typeName: string };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({ kind: fc.constant("message" as const), message: messages }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant("pass" as const),
        ms: fc.oneof(fc.nat(50), fc.nat(2_000), fc.nat(700_000)),
        wakes: fc.boolean(),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant("use" as const),
        typeName: names,
        sends: fc.boolean(),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("release" as const), typeName: names }) },
  ),
  { maxLength: 60 },
);

function core(seed: number): AddressAgreement {
  let state = seed >>> 0;
  return new AddressAgreement({
    instanceId: 1n,
    space: smallSpace,
    // A linear congruence is chance enough here, and 0 comes too.
    random: () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state % 7 === 0 ? 0 : state / 2 ** 32;
    },
    firstProposalId: 1n,
  });
}

/** A message that breaks a rule is refused by the codec, which would end the process. */
function expectFewThatCanBeSent(outputs: readonly AgreementOutput[]): void {
  expect(outputs.length).toBeLessThan(100);
  for (const output of outputs) if (output.kind === "send") smallCodec.encode(output.message);
}

function perform(agreement: AddressAgreement, step: Step, nowMs: number): void {
  if (step.kind === "message") agreement.receive(step.message, nowMs);
  else if (step.kind === "use") {
    agreement.use(step.typeName, { sends: step.sends, listens: !step.sends }, nowMs);
  } else if (step.kind === "release") agreement.release(step.typeName, nowMs);
}

describe("L2: whatever arrives", () => {
  test("L2: nothing throws, outputs are few, and a wake at the deadline moves it into the future", () => {
    fc.assert(
      fc.property(steps, fc.nat(), (all, seed) => {
        const agreement = core(seed);
        let nowMs = 0;
        agreement.start(nowMs);
        for (const step of all) {
          if (step.kind === "pass") nowMs += step.ms;
          else perform(agreement, step, nowMs);
          const { deadlineMs } = agreement;
          expect(deadlineMs).not.toBeNaN();
          expectFewThatCanBeSent(agreement.drain());
          if (step.kind === "pass" && !step.wakes) continue;
          // As a driver does: at once if the deadline is in the past, however late that is.
          agreement.wake(nowMs);
          expectFewThatCanBeSent(agreement.drain());
          expect(agreement.deadlineMs).toBeGreaterThan(nowMs);
        }
        const { records: recordCount, nodes, undecided, legacyTypes } = agreement.sizes;
        expect([recordCount, nodes, undecided, legacyTypes].every((size) => size <= 5)).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  test("L2: a type in the last epoch there is stays where it is, and nobody asks for the next", () => {
    const codec = new ControlMessageCodec(new AddressSpace("239.255.0.0/16"));
    const node = AgreementUnderTest.voting();
    const last = record("dev.Tea", 77, { epoch: epochMax });
    node.receive(assignment(2n, { records: [record("dev.Milk", 77, { legacy: true }), last] }));
    node.pass(30_000);
    for (const output of node.outputs) {
      if (output.kind === "send") expect(codec.encode(output.message)).toBeDefined();
    }
    expect(node.core.record("dev.Tea")).toEqual(last);
    expect(node.sent("preparation")).toEqual([]);
  });

  test("L2: what somebody lacks is sent in full messages, not one by one", () => {
    let draws = 0;
    const node = AgreementUnderTest.voting({ random: () => (draws++ % 97) / 97 });
    const all = Array.from({ length: 1_000 }, (_, at) => record(`dev.Type${at}`, 1_000 + at));
    for (let id = 2n; id < 50n; id += 1n) node.receive(heartbeat(id));
    node.receive(assignment(2n, { records: all }));
    node.pass(1_000);
    node.outputs.length = 0;
    node.receive(assignment(3n, { bucketCount: 256 }));
    node.pass(200);
    const answers = node.sent("assignment").filter(({ records: told }) => told.length > 0);
    expect(answers.flatMap(({ records: told }) => told).length).toBeGreaterThanOrEqual(1_000);
    expect(answers.length).toBeLessThan(50);
  });

  test("a wake that comes early, or twice, changes nothing", () => {
    fc.assert(
      fc.property(steps, fc.nat(), (all, seed) => {
        const [plain, nervous] = [core(seed), core(seed)];
        const outputs = [plain, nervous].map((agreement) => {
          let nowMs = 0;
          const put: unknown[] = [];
          const wakeDue = (): void => {
            if ((agreement.deadlineMs ?? nowMs + 1) <= nowMs) agreement.wake(nowMs);
            else if (agreement === nervous) {
              agreement.wake(nowMs);
              agreement.wake(nowMs);
            }
            put.push(...agreement.drain());
          };
          agreement.start(nowMs);
          for (const step of all) {
            if (step.kind === "pass") nowMs += step.ms;
            else perform(agreement, step, nowMs);
            wakeDue();
          }
          return put;
        });
        expect(outputs[1]).toEqual(outputs[0]);
      }),
    );
  });

  test("L2: in a second it answers no more than it is allowed to, whatever is asked", () => {
    const node = AgreementUnderTest.voting({ limits: { answersPerSecondMax: 50 } });
    node.receive(heartbeat(2n));
    node.outputs.length = 0;
    for (let count = 0; count < 1_000; count += 1) {
      node.receive(preparation(`dev.Type${count}`, ballot(5n, 2n)));
    }
    expect(node.outputs).toHaveLength(50);
    expect(node.core.refusals["throttled"]).toBe(950);
  });

  test("L2: types made up by others take no more room than there are addresses", () => {
    const space = new AddressSpace("239.255.0.0/26");
    const node = AgreementUnderTest.voting({ space });
    for (let count = 0; count < 1_000; count += 1) {
      node.receive(
        preparation(`dev.Type${count}`, ballot(5n, 2n)),
        assignment(2n, { records: [record(`dev.Other${count}`, 32 + (count % 32))] }),
      );
    }
    expect(node.core.sizes).toMatchObject({ records: space.capacity, undecided: space.capacity });
  });
});

describe("the machine", () => {
  test("outputs come out in the order in which they came about, once", () => {
    const node = new AgreementUnderTest();
    node.core.start(0);
    node.use(type);
    node.passTo(300);
    const told = node.outputs.flatMap((output) => {
      if (output.kind === "ballot") return output.step;
      if (output.kind === "send") return output.message.kind;
      return output.kind;
    });
    expect(told.slice(told.indexOf("view"))).toEqual([
      ...["view", "prepared", "preparation", "proposed", "proposal", "decided", "record", "route"],
      ...["assignment", "heartbeat"],
    ]);
    expect(node.core.drain()).toEqual([]);
  });

  test("before it is started, and after it is closed, it hears nothing and wants nothing", () => {
    const node = new AgreementUnderTest();
    const tells = assignment(2n, { records: [record(type, 77)] });
    node.receive(tells);
    expect([node.core.deadlineMs, node.core.record(type)]).toEqual([undefined, undefined]);
    node.core.start(0);
    node.passTo(300);
    node.core.close(300);
    node.receive(tells);
    node.use(type);
    expect([node.core.deadlineMs, node.core.record(type)]).toEqual([undefined, undefined]);
    expect(node.sent("heartbeat").at(-1)).toMatchObject({ leaving: true });
    node.core.close(400);
    expect(node.core.drain()).toEqual([]);
  });

  test("what is used before it is started is decided as soon as it may vote", () => {
    const node = new AgreementUnderTest();
    node.use(type);
    node.core.start(0);
    node.passTo(200);
    expect(node.core.record(type)?.epoch).toBe(0n);
  });

  test("its own messages, where they come back, change nothing", () => {
    const node = AgreementUnderTest.voting();
    node.receive(heartbeat(2n));
    node.pass(50);
    node.use(type);
    const before = node.outputs.length;
    const own = node.outputs.flatMap((output) => (output.kind === "send" ? output.message : []));
    node.receive(...own);
    expect(node.outputs).toHaveLength(before);
    expect(node.core.sizes.nodes).toBe(1);
  });
});
