/** Abort: all that wait for one AbortSignal, on one listener; Node warns of more than ten. */

const waiting = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls `act` when `signal` is aborted; never if it is already.
 * @param act Must not throw, and is its caller's own: the same function counts once.
 * @returns Undoes it. With the last one the listener goes, too.
 */
export function onAbort(signal: AbortSignal, act: () => void): () => void {
  const known = waiting.get(signal);
  const acts = known ?? new Set();
  acts.add(act);
  if (known === undefined) {
    waiting.set(signal, acts);
    signal.addEventListener("abort", actAll);
  }
  return () => {
    acts.delete(act);
    if (acts.size > 0 || waiting.get(signal) !== acts) return;
    waiting.delete(signal);
    signal.removeEventListener("abort", actAll);
  };
}

function actAll(event: Event): void {
  // "as": it was added to signals only. In Node 20 `currentTarget` is null behind another listener.
  const signal = event.target as AbortSignal;
  const acts = waiting.get(signal) ?? [];
  waiting.delete(signal);
  signal.removeEventListener("abort", actAll);
  for (const act of acts) act();
}
