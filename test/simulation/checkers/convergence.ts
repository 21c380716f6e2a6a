/**
 * G3 and G4, convergence: once it is quiet, all nodes hold equal records, every type in use has one,
 * and no two types share an address, within five heartbeat intervals and 5 s. Where messages are
 * still lost that is very likely only, so a run may take longer there, but not for ever.
 */
import type { AddressRecord } from "../../../src/protocol/consensus/record.ts";
import type { AgreementHost, Running } from "../agreement-host.ts";

/** How long it may take, in milliseconds. */
export function convergenceMsMax(intervalsMs: readonly number[]): number {
  return 5 * Math.max(...intervalsMs, 0) + 5_000;
}

/**
 * What is not as it should be, undefined if all is.
 * @param typeNames The types there are; two others, which are forged, may share an address: when
 *   votes for more types than there are addresses are under way, they cannot be moved.
 */
export function convergenceProblem(
  hosts: readonly AgreementHost[],
  typeNames: ReadonlySet<string>,
): string | undefined {
  const running = hosts.flatMap((host) => host.running ?? []);
  const [first, ...others] = running;
  if (first === undefined) return undefined;
  for (const other of others) {
    const problem = differenceOf(first, other);
    if (problem !== undefined) return problem;
  }
  return sharedAddress(first, typeNames) ?? running.flatMap((node) => unsettledUse(node) ?? [])[0];
}

function differenceOf(left: Running, right: Running): string | undefined {
  const names = new Set([...left.records.keys(), ...right.records.keys()]);
  for (const typeName of names) {
    const [ours, theirs] = [left.agreement.record(typeName), right.agreement.record(typeName)];
    if (textOf(ours) === textOf(theirs)) continue;
    return (
      `${typeName} is ${textOf(ours)} at ${left.instanceId}, ` +
      `but ${textOf(theirs)} at ${right.instanceId}`
    );
  }
  return undefined;
}

/** Nodes of pyplexo do not move, and give one address to two types themselves. */
function sharedAddress({ agreement }: Running, typeNames: ReadonlySet<string>): string | undefined {
  const ownerOf = new Map<number, AddressRecord>();
  for (const record of agreement.records()) {
    const owner = ownerOf.get(record.address);
    ownerOf.set(record.address, record);
    if (owner === undefined || (owner.legacy && record.legacy)) continue;
    if (!typeNames.has(owner.typeName) && !typeNames.has(record.typeName)) continue;
    return `${record.typeName} and ${owner.typeName} share address ${record.address}`;
  }
  return undefined;
}

/** A type that has no record, or is not sent and listened to where the record says. */
function unsettledUse({ agreement, instanceId, uses, routes }: Running): string | undefined {
  for (const [typeName, { sends, listens }] of uses) {
    const record = agreement.record(typeName);
    if (record === undefined) return `${typeName}, used by ${instanceId}, has no record`;
    const route = routes.get(typeName);
    if (listens && route?.listen.includes(record.address) !== true) {
      return `${instanceId} does not listen to ${typeName} at ${record.address}`;
    }
    if (sends && route?.send.includes(record.address) !== true) {
      return `${instanceId} does not send ${typeName} to ${record.address}`;
    }
  }
  return undefined;
}

function textOf(record: AddressRecord | undefined): string {
  if (record === undefined) return "unknown";
  return `at ${record.address} in epoch ${record.epoch}${record.legacy ? " by pyplexo" : ""}`;
}
