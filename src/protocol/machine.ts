/** A protocol without sockets, clocks or dice. Equal inputs in equal order give equal outputs. */
export interface Machine<Input, Output> {
  /** Takes what arrived at `nowMs` (monotonic milliseconds, origin chosen by the caller). */
  receive(input: Input, nowMs: number): void;
  /** Takes the passing of time. Calls that come early or twice change nothing. */
  wake(nowMs: number): void;
  /** Removes and returns what is to be done, oldest first. Call it after every `receive` and `wake`. */
  drain(): Output[];
  /** When `wake` is next wanted, undefined while nothing waits. */
  readonly deadlineMs: number | undefined;
}
