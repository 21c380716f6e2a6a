import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { afterEach, beforeEach, describe, expect, type MockInstance, test, vi } from "vitest";
import { CodecError } from "./errors.ts";
import { dropIncident, failureIncident, type Incident, reportUnheard } from "./incident.ts";

const incident: Incident = {
  kind: "dropped",
  reason: "unclaimed",
  message: "a message was dropped",
  topic: "dev.X.json",
  ganglion: "test",
};

describe("the message of an incident", () => {
  test("names reason and count of what was dropped, and the cause where there is one", () => {
    const cause = new CodecError("no JSON at 1:7");
    expect(dropIncident("unclaimed", 1, undefined)).toEqual({
      kind: "dropped",
      reason: "unclaimed",
      count: 1,
      message: "a message was dropped: unclaimed",
    });
    expect(dropIncident("unclaimed", 3, undefined).message).toBe(
      "3 messages were dropped: unclaimed",
    );
    expect(dropIncident("undecodable", 1, cause)).toEqual({
      kind: "dropped",
      reason: "undecodable",
      count: 1,
      message: "a message was dropped as undecodable: no JSON at 1:7",
      cause,
    });
  });

  test("names the cause of a failure, whatever was thrown", () => {
    const cause = new Error("out of hops");
    expect(failureIncident("reactant-failed", "a reactant failed", cause)).toEqual({
      kind: "reactant-failed",
      message: "a reactant failed: out of hops",
      cause,
    });
    expect(failureIncident("reactant-failed", "a reactant failed", undefined)).toEqual({
      kind: "reactant-failed",
      message: "a reactant failed: undefined was thrown, which is no Error",
      cause: undefined,
    });
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

  test("is a warning of the process that says what, why and where, each once", () => {
    const where = { topic: "dev.X.json", ganglion: "test" };
    reportUnheard({ ...dropIncident("undecodable", 1, new Error("no JSON")), ...where });
    vi.advanceTimersByTime(1_000);
    reportUnheard({
      ...dropIncident("unsendable", 1, new Error("dev.X.json is too long")),
      ...where,
    });
    expect(warnings.mock.calls).toEqual([
      [
        "dropped: a message was dropped as undecodable: no JSON (dev.X.json, test)",
        "PlexoIncident",
      ],
      [
        "dropped: a message was dropped as unsendable: dev.X.json is too long (test)",
        "PlexoIncident",
      ],
    ]);
  });

  test("is a warning once in a second; the next one says how many were left out", () => {
    vi.advanceTimersByTime(2_000);
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

  test("has no character in its warning that could forge or turn a line", () => {
    vi.advanceTimersByTime(1_000_000_000);
    reportUnheard(dropIncident("malformed", 1, new Error("a\u202eb\nc\u001b[2J")));
    expect(warnings.mock.calls[0]?.[0]).toBe(
      "dropped: a message was dropped as malformed: a\\u202eb\\u000ac\\u001b[2J",
    );
  });
});
