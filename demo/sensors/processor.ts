/** The processor's sensor: how long its cores have been busy and idle. */
import os from "node:os";

/** Summed over the cores since the system started. */
export interface CoreTimes {
  readonly cores: number;
  readonly busyMs: number;
  readonly idleMs: number;
}

export function readCoreTimes(cores: readonly Pick<os.CpuInfo, "times">[] = os.cpus()): CoreTimes {
  let busyMs = 0;
  let idleMs = 0;
  for (const { times } of cores) {
    busyMs += times.user + times.nice + times.sys + times.irq;
    idleMs += times.idle;
  }
  return { cores: cores.length, busyMs, idleMs };
}

/**
 * The share of the time between two readings in which a core was busy, from 0 to 1. Undefined when
 * their clock has not moved on, and when a core has left and taken its times with it.
 */
export function busyShare(before: CoreTimes, after: CoreTimes): number | undefined {
  const busyMs = after.busyMs - before.busyMs;
  const idleMs = after.idleMs - before.idleMs;
  if (busyMs < 0 || idleMs < 0 || busyMs + idleMs === 0) return undefined;
  return busyMs / (busyMs + idleMs);
}

/** Processes that want to run, averaged over a minute; nothing on Windows, where Node says 0. */
export function readLoadAverage(): { loadAverage?: number } {
  const [loadAverage] = os.loadavg();
  return os.platform() === "win32" || loadAverage === undefined ? {} : { loadAverage };
}
