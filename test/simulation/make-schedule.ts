/** MakeSchedule: a schedule from a seed. */
import { Random } from "../../src/testing/random.ts";
import { chaos } from "./chaotic-schedule.ts";
import { calm, flood, start } from "./orderly-schedules.ts";
import type { Schedule, ScheduleKind } from "./schedule.ts";

/** @param seed Its 32 low bits count. */
export function makeSchedule(seed: number): Schedule {
  const random = new Random(seed);
  switch (kindOf(random)) {
    case "calm":
      return calm(seed, random);
    case "start":
      return start(seed, random);
    case "flood":
      return flood(seed, random);
    default:
      return chaos(seed, random);
  }
}

function kindOf(random: Random): ScheduleKind {
  const share = random.fraction();
  if (share < 0.03) return "calm";
  if (share < 0.05) return "start";
  return share < 0.06 ? "flood" : "chaos";
}
