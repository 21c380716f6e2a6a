import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { afterEach, beforeEach, describe, expect, type MockInstance, test, vi } from "vitest";
import { type Incident, IncidentReporter, reportUnheard } from "./incident.ts";

const incident: Incident = {
  kind: "dropped",
  reason: "unclaimed",
  message: "a message was dropped",
  topic: "dev.X.json",
  ganglion: "test",
};

describe("IncidentReporter", () => {
  let unheard: unknown[];
  const listener = (message: unknown): void => void unheard.push(message);

  beforeEach(() => {
    unheard = [];
    subscribe("plexo:incident", listener);
  });
  afterEach(() => {
    unsubscribe("plexo:incident", listener);
  });

  test("tells every listener, and says whether there is one", () => {
    const reporter = new IncidentReporter();
    expect(reporter.tell(incident)).toBe(false);
    const got: string[] = [];
    reporter.add(() => void got.push("a"));
    reporter.add(() => void got.push("b"));
    expect(reporter.tell(incident)).toBe(true);
    expect(got).toEqual(["a", "b"]);
  });

  test("a listener that was added twice is told until it is removed twice", () => {
    const reporter = new IncidentReporter();
    let told = 0;
    const count = (): void => {
      told += 1;
    };
    reporter.add(count);
    reporter.add(count);
    reporter.remove(count);
    expect(reporter.tell(incident)).toBe(true);
    expect(told).toBe(1);
    reporter.remove(count);
    reporter.remove(count);
    expect(reporter.tell(incident)).toBe(false);
    expect(told).toBe(1);
  });

  test("a listener that throws stops no other, and is an incident of its own", () => {
    const reporter = new IncidentReporter();
    const cause = new Error("on purpose");
    const got: Incident[] = [];
    reporter.add(() => {
      throw cause;
    });
    reporter.add((each) => void got.push(each));
    expect(reporter.tell(incident)).toBe(true);
    expect(got).toEqual([incident]);
    expect(unheard).toEqual([expect.objectContaining({ kind: "reactant-failed", cause })]);
  });

  test("listeners that come and go while they are told count from the next incident on", () => {
    const reporter = new IncidentReporter();
    const got: string[] = [];
    const leaves = (): void => {
      got.push("leaves");
      reporter.remove(leaves);
      reporter.remove(stays);
      reporter.add(() => void got.push("comes"));
    };
    const stays = (): void => void got.push("stays");
    reporter.add(leaves);
    reporter.add(stays);
    reporter.tell(incident);
    expect(got).toEqual(["leaves", "stays"]);
    reporter.tell(incident);
    expect(got).toEqual(["leaves", "stays", "comes"]);
  });

  test("a listener that causes the next incident each time does not do so without end", () => {
    const reporter = new IncidentReporter();
    let told = 0;
    const answers: boolean[] = [];
    reporter.add(() => {
      told += 1;
      answers.push(reporter.tell(incident));
    });
    expect(reporter.tell(incident)).toBe(true);
    expect(told).toBe(8);
    // The innermost was not told, so that whoever reports can tell somebody else.
    expect(answers).toEqual([false, true, true, true, true, true, true, true]);
    told = 0;
    reporter.tell(incident);
    expect(told).toBe(8);
  });
});

describe("an incident that nobody listens to", () => {
  let warnings: MockInstance<typeof process.emitWarning>;

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["performance"] });
    // Far from the warnings of other tests: the limit is the process's.
    vi.advanceTimersByTime(1_000_000_000);
    warnings = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  });
  afterEach(() => {
    warnings.mockRestore();
    vi.useRealTimers();
  });

  test("is a warning of the process that says what, where and why", () => {
    reportUnheard({ ...incident, cause: new Error("out of hops") });
    expect(warnings.mock.calls).toEqual([
      ["dropped: a message was dropped (dev.X.json, test): out of hops", "PlexoIncident"],
    ]);
  });

  test("is a warning once in a second; the next one says how many were left out", () => {
    vi.advanceTimersByTime(1_000);
    for (let times = 0; times < 5; times++) reportUnheard(incident);
    expect(warnings).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(999);
    reportUnheard(incident);
    expect(warnings).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(1);
    reportUnheard(incident);
    expect(warnings).toHaveBeenCalledTimes(2);
    expect(warnings.mock.lastCall?.[0]).toMatch(/\(and 5 more since the last warning\)$/);
  });

  test("goes to the diagnostics channel instead, every one of them, if that has a subscriber", () => {
    vi.advanceTimersByTime(2_000);
    const got: unknown[] = [];
    const listener = (message: unknown): void => void got.push(message);
    subscribe("plexo:incident", listener);
    reportUnheard(incident);
    reportUnheard(incident);
    unsubscribe("plexo:incident", listener);
    expect(got).toEqual([incident, incident]);
    expect(warnings).not.toHaveBeenCalled();
  });
});
