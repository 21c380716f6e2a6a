import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Incident } from "./incident.ts";
import { IncidentReporter } from "./incident-reporter.ts";

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
    reporter.subscribe(() => void got.push("a"));
    reporter.subscribe(() => void got.push("b"));
    expect(reporter.tell(incident)).toBe(true);
    expect(got).toEqual(["a", "b"]);
  });

  test("a listener that was given twice is told until both subscriptions have ended", () => {
    const reporter = new IncidentReporter();
    let told = 0;
    const count = (): void => {
      told += 1;
    };
    const first = reporter.subscribe(count);
    const second = reporter.subscribe(count);
    first.unsubscribe();
    first.unsubscribe();
    expect(reporter.tell(incident)).toBe(true);
    expect(told).toBe(1);
    second.unsubscribe();
    expect(reporter.tell(incident)).toBe(false);
    expect(told).toBe(1);
  });

  test("its end is that of all subscriptions", async () => {
    const reporter = new IncidentReporter();
    const subscriptions = [reporter.subscribe(() => {}), reporter.subscribe(() => {})];
    reporter.end();
    await Promise.all(subscriptions.map(({ ended }) => ended));
    expect(reporter.tell(incident)).toBe(false);
  });

  test("a listener that throws stops no other, and is an incident of its own", () => {
    const reporter = new IncidentReporter();
    const cause = new Error("on purpose");
    const got: Incident[] = [];
    reporter.subscribe(() => {
      throw cause;
    });
    reporter.subscribe((each) => void got.push(each));
    expect(reporter.tell(incident)).toBe(true);
    expect(got).toEqual([incident]);
    const message = 'a listener for incidents failed, told "a message was dropped": on purpose';
    expect(unheard).toEqual([{ kind: "reactant-failed", message, cause }]);
  });

  test("listeners that come and go while they are told count from the next incident on", () => {
    const reporter = new IncidentReporter();
    const got: string[] = [];
    const leaving = [
      reporter.subscribe(() => {
        got.push("leaves");
        for (const subscription of leaving) subscription.unsubscribe();
        reporter.subscribe(() => void got.push("comes"));
      }),
      reporter.subscribe(() => void got.push("leaves too")),
    ];
    reporter.tell(incident);
    expect(got).toEqual(["leaves", "leaves too"]);
    reporter.tell(incident);
    expect(got).toEqual(["leaves", "leaves too", "comes"]);
  });

  test("a listener that causes the next incident each time does not do so without end", () => {
    const reporter = new IncidentReporter();
    let told = 0;
    const answers: boolean[] = [];
    reporter.subscribe(() => {
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
