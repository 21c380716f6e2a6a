/** What an agreement is made with. */
import { UsageError } from "../../errors.ts";
import type { AddressSpace } from "./address-space.ts";

export interface AgreementOptions {
  /** Random, new at every start, and not 0: what a node has promised ends with it. */
  readonly instanceId: bigint;
  readonly space: AddressSpace;
  /** From 0 up to, but not, 1. */
  readonly random: () => number;
  /**
   * Where proposal ids begin. Nodes of pyplexo begin with the time in ns since 1970 and refuse lower
   * ones, so give that where they are to be met.
   */
  readonly firstProposalId: bigint;
  /** How often heartbeats are sent, 1,000 by default; with over 100 nodes 10 per node; 10 to 3,600,000. */
  readonly heartbeatIntervalMs?: number | undefined;
  /**
   * Whether a pattern stands for a type. Nodes listen to patterns as they do to types; those have `*`
   * or `>` in them. By default none stands for any.
   */
  readonly matches?: (pattern: string, typeName: string) => boolean;
  readonly limits?: AgreementLimits | undefined;
}

export interface AgreementLimits {
  /** Nodes that are followed, 4,096 by default; more are not heard. */
  readonly nodesMax?: number | undefined;
  /** Answers to others in a second, 5,000 by default; more are not given. */
  readonly answersPerSecondMax?: number | undefined;
  /** Names of types in one heartbeat, 64 by default; the next one goes on with the rest. */
  readonly namesPerHeartbeat?: number | undefined;
}

/** The most that each number may be; one that a heartbeat carries has to be a whole number. */
const bounds = {
  heartbeatIntervalMs: { min: 10, max: 3_600_000 },
  nodesMax: { min: 1, max: 65_536 },
  answersPerSecondMax: { min: 1, max: 1_000_000 },
  namesPerHeartbeat: { min: 1, max: 256 },
} as const;

/** @throws {UsageError} if a number is not a whole one within its bounds. */
export function withDefaults({ heartbeatIntervalMs = 1_000, limits = {} }: AgreementOptions): {
  readonly heartbeatIntervalMs: number;
} & { readonly [name in keyof AgreementLimits]-?: number } {
  const { nodesMax = 4_096, answersPerSecondMax = 5_000, namesPerHeartbeat = 64 } = limits;
  const all = { heartbeatIntervalMs, nodesMax, answersPerSecondMax, namesPerHeartbeat };
  for (const [name, { min, max }] of Object.entries(bounds)) {
    const value = all[name as keyof typeof all];
    if (Number.isInteger(value) && value >= min && value <= max) continue;
    throw new UsageError(`${name} is ${value}, it must be a whole number from ${min} to ${max}`, {
      details: { [name]: value, min, max },
    });
  }
  return all;
}
