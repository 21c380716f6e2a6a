/** InteropScene: plexuses that are joined in one way, and what has to come of it. */
import { checkSame } from "../check-same.ts";
import { fooTopic } from "../foos.ts";
import type { Peer } from "../peer.ts";
import type { Program } from "../program.ts";
import type { Stage } from "./stage.ts";

export interface InteropScene {
  /** What has to come of it, in a sentence. */
  readonly what: string;
  /** Who takes part besides ours. */
  readonly needs: readonly Peer["name"][];
  /** Rejects with what went wrong; resolves with what was measured, if anything was. */
  play(stage: Stage): Promise<string | void>;
}

export function nameOf({ what }: InteropScene): string {
  return `scene; ${what}`;
}

/** So many different messages that begin with `name`. */
export function textsOf(name: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${name} ${index}`);
}

export function tell(program: Program, texts: readonly string[]): void {
  program.tell(...texts.map((foo) => ({ foo })));
}

/** Checks that each of these has arrived so often, and nothing else. */
export function checkTimes(
  who: string,
  { values }: Program,
  wanted: readonly (readonly [texts: readonly string[], times: number])[],
): void {
  const copies = wanted.flatMap(([texts, times]) =>
    texts.flatMap((text) => Array.from({ length: times }, () => text)),
  );
  checkSame(`messages at ${who}, sorted`, [...values].map(String).sort(), copies.sort());
}

/** Checks what ours reports of messages, probes left out, each kind once. */
export function checkKinds(program: Program, wanted: readonly string[]): void {
  const kinds = program.incidents
    .filter(({ topic }) => topic === fooTopic("string"))
    .map(({ kind, reason }) => (reason === undefined ? kind : `${kind} ${reason}`));
  checkSame("kinds of incidents of ours", [...new Set(kinds)].sort(), [...wanted].sort());
}
