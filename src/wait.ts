/** What a message has to wait for: mostly nothing, so that it is a promise only where it must be. */
export type Wait = undefined | Promise<void>;

/** Two waits as one: settled when both are, rejected with the failure of the first that has one. */
export function both(first: Wait, second: Wait): Wait {
  if (first === undefined) return second;
  if (second === undefined) return first;
  return bothSettled(first, second);
}

async function bothSettled(first: Promise<void>, second: Promise<void>): Promise<void> {
  for (const outcome of await Promise.allSettled([first, second])) {
    if (outcome.status === "rejected") throw outcome.reason;
  }
}
