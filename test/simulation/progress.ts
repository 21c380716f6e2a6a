/** Progress: two counters that all workers share, as 32-bit integers. */

/** How many schedules are taken. */
export const takenAt = 0;
/** How many have failed. */
export const failedAt = 1;
export const progressBytes = 8;
