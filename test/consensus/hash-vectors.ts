/** Golden hashes and probes. */
import { readFileSync } from "node:fs";

export interface HashVectors {
  readonly fnv1a: readonly { readonly text: string; readonly hash: number }[];
  readonly mix: readonly { readonly word: number; readonly hash: number }[];
  readonly probe: readonly {
    readonly typeName: string;
    readonly size: number;
    readonly index: number;
    readonly offset: number;
  }[];
}

export function hashVectors(): HashVectors {
  const text = readFileSync(new URL("../golden/probe.json", import.meta.url), "utf8");
  // "as": the file is ours, and what it lacks fails the tests that read it.
  return JSON.parse(text) as HashVectors;
}
