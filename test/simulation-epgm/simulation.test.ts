/**
 * Sources and receivers of EPGM in virtual time, on a network that loses, repeats, delays and reorders.
 *
 * EPGM_SCHEDULES says how many schedules are played, EPGM_SEED with which seed they begin.
 */
import { expect, test } from "vitest";
import { makeSchedule, type Schedule } from "./schedule.ts";
import { play } from "./world.ts";

const scheduleCount = Number(process.env["EPGM_SCHEDULES"] ?? 200);
const firstSeed = Number(process.env["EPGM_SEED"] ?? 1);

test(`${scheduleCount} schedules from seed ${firstSeed}: all arrives, in order and once, or a gap is told`, () => {
  let messageCount = 0;
  for (let seed = firstSeed; seed < firstSeed + scheduleCount; seed += 1) {
    messageCount += playSeed(seed).messageCount;
  }
  expect(messageCount).toBeGreaterThan(scheduleCount);
}, 3_600_000);

/** Whether nothing should be lost: windows are ample, and no source vanishes with what it has. */
function isRepairable({ windowPackets, heldBytesMax, loss, senders }: Schedule): boolean {
  return (
    windowPackets > 1_000 &&
    heldBytesMax > 1_000_000 &&
    loss <= 0.2 &&
    senders.every(({ restartMs }) => restartMs === undefined)
  );
}

function playSeed(seed: number) {
  const schedule = makeSchedule(seed);
  try {
    const outcome = play(schedule);
    if (isRepairable(schedule) && outcome.gapCount > 0) {
      throw new Error(`${outcome.gapCount} gaps, though all could have been repaired`);
    }
    return outcome;
  } catch (error) {
    const command = `EPGM_SEED=${seed} EPGM_SCHEDULES=1 npx vitest run test/simulation-epgm`;
    throw new Error(`seed ${seed}: ${String(error)}\nplay it again: ${command}`, { cause: error });
  }
}
