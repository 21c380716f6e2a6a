/** InteropCase: one thing that has to work with a foreign peer. */
export interface InteropCase {
  /** The foreign peer and its version. */
  readonly peer: string;
  readonly transport: string;
  /** Which end is ours. */
  readonly role: string;
  readonly codec: string;
  /** Who sends what to whom. */
  readonly direction: string;
  /** What has to work, in a few words. */
  readonly what: string;
  /** Rejects with what went wrong. */
  run(): Promise<void>;
}
