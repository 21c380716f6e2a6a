import { setImmediate as nextTurn } from "node:timers/promises";
import { MessageChannel } from "node:worker_threads";
import { expect, test } from "vitest";
import { ManualClock } from "../../test/zmtp/manual-clock.ts";
import { systemClock } from "./clock.ts";
import { FairAlarm } from "./fair-alarm.ts";

function alarmOf(clock: ManualClock): { alarm: FairAlarm; rings: number[] } {
  const rings: number[] = [];
  return { alarm: new FairAlarm(clock, () => rings.push(clock.nowMs())), rings };
}

test("it rings a turn after the deadline, once", async () => {
  const clock = new ManualClock();
  const { alarm, rings } = alarmOf(clock);
  alarm.set(100);
  clock.advance(99);
  await nextTurn();
  clock.advance(1);
  expect(rings).toEqual([]);
  await nextTurn();
  alarm.set(300);
  await nextTurn();
  expect(rings).toEqual([100]);
});

test("two deadlines that pass in one turn are one ring", async () => {
  const clock = new ManualClock();
  const { alarm, rings } = alarmOf(clock);
  alarm.set(100);
  clock.advance(100);
  alarm.set(150);
  clock.advance(100);
  await nextTurn();
  expect(rings).toEqual([200]);
});

test("undefined silences it, also in the turn between, and leaves no timer", async () => {
  const clock = new ManualClock();
  const { alarm, rings } = alarmOf(clock);
  for (const passedMs of [0, 100]) {
    alarm.set(clock.nowMs() + 100);
    clock.advance(passedMs);
    alarm.set(undefined);
    expect(clock.timerCount).toBe(0);
    await nextTurn();
  }
  clock.advance(1_000);
  await nextTurn();
  expect(rings).toEqual([]);
});

test("what has arrived by the deadline is read before it rings", async () => {
  const events: string[] = [];
  const { port1, port2 } = new MessageChannel();
  const rung = new Promise<void>((resolve) => {
    const alarm = new FairAlarm(systemClock, () => {
      events.push("rings");
      resolve();
    });
    port1.on("message", () => events.push("arrives"));
    alarm.set(systemClock.nowMs() + 1);
    port2.postMessage("");
  });
  const busyUntilMs = systemClock.nowMs() + 5;
  while (systemClock.nowMs() < busyUntilMs);
  await rung;
  port1.close();
  expect(events).toEqual(["arrives", "rings"]);
});
