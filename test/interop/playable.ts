/** Playable: whatever the harness plays: a case, a scene. */
export interface Playable {
  /** Like no other's. */
  readonly name: string;
  /** Rejects with what went wrong; resolves with what was measured, if anything was. */
  play(): Promise<string | void>;
}
