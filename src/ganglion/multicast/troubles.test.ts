import { expect, test } from "vitest";
import { TransportError } from "../../errors.ts";
import type { Incident } from "../../incident.ts";
import { Counters } from "../../stats.ts";
import { Troubles } from "./troubles.ts";

function makeTroubles(): {
  readonly troubles: Troubles;
  readonly counters: Counters;
  readonly told: Incident[];
} {
  const told: Incident[] = [];
  const counters = new Counters();
  const name = "multicast://239.255.0.0/16:5560";
  const troubles = new Troubles({ name }, counters, (incident) => told.push(incident));
  return { troubles, counters, told };
}

test("what hinders every datagram is told once, and the rest at the end, with their number", () => {
  const { troubles, told } = makeTroubles();
  for (const group of ["239.255.0.0", "239.255.0.1", "239.255.0.2"]) {
    troubles.failed(
      new TransportError(`cannot send to ${group}`, { details: { group, code: "EPERM" } }),
    );
  }
  expect(told).toMatchObject([{ kind: "connection-failed" }]);
  expect(told[0]?.message).toContain("cannot send to 239.255.0.0");
  troubles.end();
  expect(told).toMatchObject([{}, { kind: "connection-failed", count: 2 }]);
});

test("that nothing comes back is told with what to do", () => {
  const { troubles, told } = makeTroubles();
  const via = { name: "eth0", address: "10.0.0.1", family: "IPv4", internal: false } as const;
  troubles.deaf(via, 5560, "239.255.0.0/16");
  expect(told[0]?.message).toMatch(
    /by eth0 \(10\.0\.0\.1\) comes back: .* let UDP port 5560 to 239\.255\.0\.0\/16 pass/,
  );
});

test("each datagram that is refused is counted, and of many each reason is told as such", () => {
  const { troubles, counters, told } = makeTroubles();
  for (let count = 0; count < 100; count += 1) troubles.refused("sealed");
  expect(counters.snapshot().dropped).toEqual({ malformed: 100 });
  troubles.end();
  expect(told).toHaveLength(21);
  expect(told.map(({ count = 1 }) => count).reduce((sum, count) => sum + count)).toBe(100);
});
