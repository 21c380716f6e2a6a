import { beforeEach, expect, test } from "vitest";
import { ManualClock } from "../../../test/zmtp/manual-clock.ts";
import { PeerError, TransportError } from "../../errors.ts";
import { dropIncident, failureIncident, type Incident } from "../../incident.ts";
import { IncidentRation } from "./incident-ration.ts";

let clock: ManualClock;
let told: Incident[];
let ration: IncidentRation;

beforeEach(() => {
  clock = new ManualClock();
  told = [];
  ration = new IncidentRation((incident) => told.push(incident), clock);
});

function take(count: number, incident: Incident): void {
  for (let index = 0; index < count; index++) ration.take(incident);
}

function dropped(topic: string, count = 1): Incident {
  return { ...dropIncident("queue-full", count, undefined), topic };
}

const refusal = new PeerError("no", { details: { byte: 1 } });

function failed(remote: string, cause: PeerError | TransportError = refusal): Incident {
  return { ...failureIncident("connection-failed", "it failed", cause), remote };
}

/** How many messages, connections or failures were told. */
function toldCount(): number {
  return told.reduce((sum, { count = 1 }) => sum + count, 0);
}

test("twenty are told as they come, the others together after ten seconds", () => {
  take(1_000, dropped("a.T"));
  expect(told).toEqual(Array.from({ length: 20 }, () => dropped("a.T")));
  clock.advance(9_999);
  expect(told).toHaveLength(20);
  clock.advance(1);
  expect(told).toHaveLength(21);
  expect(told[20]).toEqual({
    ...dropped("a.T", 980),
    message:
      "980 more since the last one told, the last of them: a message was dropped: queue-full",
  });
});

test("their own counts are added up, so that no message is told less or more than once", () => {
  take(30, dropped("a.T", 7));
  ration.end();
  expect(toldCount()).toBe(30 * 7);
});

test("while it goes on it is told ever more seldom, once an hour at the least", () => {
  take(20, dropped("a.T"));
  const waits: number[] = [];
  for (let count = 0; count < 12; count++) {
    take(5, dropped("a.T"));
    waits.push(clock.nextDelayMs / 1_000);
    clock.advance(clock.nextDelayMs);
    expect(told.at(-1)?.count).toBe(5);
  }
  expect(waits).toEqual([10, 20, 40, 80, 160, 320, 640, 1_280, 2_560, 3_600, 3_600, 3_600]);
});

test("after a time without any the next one is news again, and no timer is left meanwhile", () => {
  take(21, dropped("a.T"));
  clock.advance(10_000);
  clock.advance(20_000);
  expect([told.length, clock.timerCount]).toEqual([21, 0]);
  take(20, dropped("a.T"));
  expect(told).toHaveLength(41);
});

test("what comes seldom, but again and again, is not news for ever", () => {
  for (let count = 0; count < 1_000; count++) {
    take(1, dropped("a.T"));
    clock.advance(9_000);
  }
  expect(told.length).toBeLessThan(20 + 10);
  ration.end();
  expect(toldCount()).toBe(1_000);
});

test("topics are told apart, and so are hosts and what went wrong, but not ports", () => {
  const flooded = [dropped("a.T"), failed("10.0.0.1:1"), failed("[::1]:1")];
  for (const incident of flooded) take(100, incident);
  expect(told).toHaveLength(60);
  ration.take(dropped("a.U"));
  ration.take(failed("10.0.0.2:1"));
  ration.take(failed("10.0.0.1:1", new PeerError("no", { details: { name: "x" } })));
  ration.take(failed("10.0.0.1:1", new TransportError("gone")));
  expect(told).toHaveLength(64);
  ration.take(failed("10.0.0.1:2"));
  ration.take(failed("10.0.0.1:1", new PeerError("other", { details: { byte: 2 } })));
  expect(told).toHaveLength(64);
});

test("paths are told apart to their last character", () => {
  for (const path of ["/run/a1", "/run/a2"]) take(100, failed(path));
  expect(told).toHaveLength(40);
});

test("of those that cannot be reached each is told apart, by its address", () => {
  for (const port of [1, 2]) {
    const address = { host: "10.0.0.1", port };
    const cause = new TransportError("cannot connect", { details: { address } });
    take(100, failureIncident("connection-failed", "it failed", cause));
  }
  expect(told).toHaveLength(40);
});

test("beyond sixteen topics or hosts of a kind they are told together, and name none", () => {
  for (let index = 0; index < 10_000; index++) ration.take(dropped(`a.T${index}`));
  expect(told).toHaveLength(16 + 20);
  expect(told.at(-1)?.topic).toBe("a.T35");
  clock.advance(10_000);
  expect(told).toHaveLength(16 + 20 + 1);
  expect(told.at(-1)).toMatchObject({ kind: "dropped", reason: "queue-full", count: 10_000 - 36 });
  expect(told.at(-1)).not.toHaveProperty("topic");
});

test("of a kind that floods no other is held back", () => {
  take(1_000, dropped("a.T"));
  ration.take({ ...dropIncident("undecodable", 1, undefined), topic: "a.T" });
  ration.take({ kind: "peer-refused", message: "refused", remote: "10.0.0.1:1" });
  expect(told.slice(20).map(({ reason, kind }) => reason ?? kind)).toEqual([
    "undecodable",
    "peer-refused",
  ]);
});

test("at the end the rest is told, no timer is left, and what comes then is told at once", () => {
  take(25, dropped("a.T"));
  take(25, failed("10.0.0.1:1"));
  ration.end();
  expect([toldCount(), told.length, clock.timerCount]).toEqual([50, 42, 0]);
  take(30, dropped("a.T"));
  expect([toldCount(), told.length, clock.timerCount]).toEqual([80, 72, 0]);
});

test("it keeps no process alive", () => {
  ration.take(dropped("a.T"));
  expect([clock.timerCount, clock.referencedCount]).toEqual([1, 0]);
});
