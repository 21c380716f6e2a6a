/** Plot: what happens between the programs of a case, and what has to come of it. */
import type { Setting } from "../encounter.ts";

export interface Plot {
  /** In the head of the table. */
  readonly column: string;
  /** What has to work, in a sentence. */
  readonly what: string;
  /** Whether it can be played with these. */
  suits(setting: Setting): boolean;
  /** Rejects with what went wrong. */
  play(setting: Setting): Promise<void>;
}
