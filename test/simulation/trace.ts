/** Trace: a line for everything that happens, for people to read. */
import type { ControlMessage } from "../../src/protocol/consensus/message.ts";
import type { AgreementOutput } from "../../src/protocol/consensus/output.ts";
import type { SimEvent } from "../../src/testing/sim-network.ts";

export function describeEvent({
  kind,
  atMs,
  from,
  to,
  message,
}: SimEvent<ControlMessage, AgreementOutput>): string {
  return `${atMs.toFixed(3).padStart(10)} ${from.name} -> ${to.name} ${kind}: ${textOf(message)}`;
}

export function describeOutput(output: AgreementOutput): string {
  return textOf(output);
}

/** All fields that say something. */
function textOf({ kind, ...fields }: ControlMessage | AgreementOutput): string {
  const parts = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined || value === false || value === 0n ? [] : `${name}=${valueText(value)}`,
  );
  return [kind, ...parts].join(" ");
}

function valueText(value: unknown): string {
  if (Array.isArray(value))
    return value.length > 16 ? `(${value.length})` : `[${value.map(valueText).join(" ")}]`;
  if (typeof value !== "object" || value === null) return String(value);
  if ("proposalId" in value && "instanceId" in value) {
    return `${String(value.proposalId)}.${String(value.instanceId)}`;
  }
  return `{${Object.entries(value)
    .map(([name, part]) => `${name}=${valueText(part)}`)
    .join(" ")}}`;
}
