import type { Incident } from "plexo";
import { describe, expect, test } from "vitest";
import { IncidentPrinter } from "./incidents.ts";

function makePrinter(): { lines: string[]; clock: { nowMs: number }; printer: IncidentPrinter } {
  const lines: string[] = [];
  const clock = { nowMs: 0 };
  const printer = new IncidentPrinter(
    (line) => lines.push(line),
    () => clock.nowMs,
  );
  return { lines, clock, printer };
}

const incident: Incident = { kind: "connection-failed", message: "it failed" };

describe("IncidentPrinter", () => {
  test("a line has the message, and where it was, the topic unless the message names it", () => {
    const { lines, printer } = makePrinter();
    printer.take(incident);
    printer.take({ ...incident, topic: "dev.T.json", ganglion: "pair://h:1" });
    printer.take({ ...incident, message: "dev.T.json failed", topic: "dev.T.json", ganglion: "h" });
    expect(lines).toEqual([
      "it failed",
      "it failed (dev.T.json, pair://h:1)",
      "dev.T.json failed (h)",
    ]);
  });

  test("five lines are printed in a second, and the others counted", () => {
    const { lines, clock, printer } = makePrinter();
    for (let index = 0; index < 100; index++) printer.take(incident);
    expect(lines).toHaveLength(5);
    clock.nowMs = 999;
    printer.take(incident);
    expect(lines).toHaveLength(5);
    clock.nowMs = 1_000;
    printer.take(incident);
    expect(lines.slice(5)).toEqual(["96 more of what went wrong is not shown", "it failed"]);
  });

  test("what was only counted is told at the end, once", () => {
    const { lines, printer } = makePrinter();
    for (let index = 0; index < 6; index++) printer.take(incident);
    printer.flush();
    printer.flush();
    expect(lines.slice(5)).toEqual(["1 more of what went wrong is not shown"]);
  });
});
