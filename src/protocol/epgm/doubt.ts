/**
 * Doubt: packets that contradict what a receiver believes of where a source is. Anybody can forge one,
 * and a window that followed it would be deaf to the real source; so several have to agree, without
 * any in between that fits. Then the receiver was wrong: it missed much, or fell for a forgery itself.
 */
import { distance } from "./sequence.ts";

/** What a packet claims: that the source is at `sequence`. */
export interface Claim {
  readonly sequence: number;
  /** Of a data packet. */
  readonly payload: Uint8Array | undefined;
}

/** So many claims, each near the one before, are believed. */
const claimsMin = 3;

/** Where late or repeated packets look alike, they have to span so long. */
const spanMs = 500;

export class Doubt {
  readonly #nearMax: number;
  #claims: Claim[] = [];
  #sinceMs = 0;

  /** @param nearMax Claims that are less than so far from each other agree. */
  constructor(nearMax: number) {
    this.#nearMax = nearMax;
  }

  /** A packet fits: what contradicted was forged, or late. */
  settle(): void {
    if (this.#claims.length > 0) this.#claims = [];
  }

  /**
   * @param mayBeLate Whether the claim might be that of a late or repeated packet.
   * @returns The last claims, in the order of their sequence numbers, if they are to be believed now.
   */
  add(claim: Claim, nowMs: number, mayBeLate: boolean): readonly Claim[] | undefined {
    const last = this.#claims.at(-1);
    const agrees =
      last !== undefined && Math.abs(distance(last.sequence, claim.sequence)) < this.#nearMax;
    if (!agrees) {
      this.#claims = [];
      this.#sinceMs = nowMs;
    }
    this.#claims.push(claim);
    if (this.#claims.length > claimsMin) this.#claims.shift();
    if (this.#claims.length < claimsMin) return undefined;
    if (mayBeLate && nowMs < this.#sinceMs + spanMs) return undefined;
    const claims = this.#claims;
    this.#claims = [];
    return claims.sort((left, right) => distance(right.sequence, left.sequence));
  }
}
