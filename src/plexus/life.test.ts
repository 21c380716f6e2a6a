import process from "node:process";
import { beforeEach, describe, expect, test, vi } from "vitest";
import {
  MemoryGanglion,
  type MemoryOptions,
  memoryPair,
} from "../../test/support/memory-ganglion.ts";
import { textNeuron } from "../../test/support/neurons.ts";
import { incidentsOf, makeGate, microtasks, outcomeOf } from "../../test/support/notebook.ts";
import { ClosedError, UsageError } from "../errors.ts";
import { InprocGanglion } from "../ganglion/inproc.ts";
import type { Incident } from "../incident.ts";
import { Plexus } from "../plexus.ts";

const text = textNeuron();

let plexus: Plexus;
let incidents: Incident[];

beforeEach(() => {
  plexus = new Plexus({ lingerMs: 5 });
  incidents = incidentsOf(plexus);
});

function wire(
  name: string,
  options?: MemoryOptions,
): { near: MemoryGanglion; far: MemoryGanglion } {
  const [near, far] = memoryPair(name, { lingerMs: 5, ...options });
  incidentsOf(far);
  plexus.infuse(near);
  return { near, far };
}

describe("closing a plexus", () => {
  test("closes every ganglion in it, once, however often it is called", async () => {
    const [a, inproc] = [wire("a"), new InprocGanglion()];
    plexus.infuse(inproc);
    const closed = vi.spyOn(a.near, "close");
    await Promise.all([plexus.close(), plexus.close(), plexus[Symbol.asyncDispose]()]);
    await plexus.close();
    expect(closed).toHaveBeenCalledTimes(1);
    await expect(a.near.transmit(text, "ale")).rejects.toThrow(ClosedError);
    await expect(inproc.transmit(text, "ale")).rejects.toThrow(ClosedError);
  });

  test("happens at the end of an `await using`", async () => {
    let near: MemoryGanglion | undefined;
    {
      await using scoped = new Plexus();
      [near] = memoryPair("a");
      scoped.infuse(near);
    }
    expect(() => near?.react(text, () => {})).toThrow(ClosedError);
  });

  test("sends what waits, and calls reactants with what they have", async () => {
    const { far } = wire("a");
    const got: string[] = [];
    far.react(text, (each) => void got.push(each));
    const gate = makeGate();
    const slow: string[] = [];
    plexus.react(text, async (each) => {
      await gate.opened;
      slow.push(each);
    });
    for (const each of ["a", "b"]) void plexus.transmit(text, each);
    const closed = plexus.close();
    gate.open();
    await closed;
    expect(got).toEqual(["a", "b"]);
    expect(slow).toEqual(["a", "b"]);
  });

  test("gives up after the linger time; what is left is counted, in the queues of all", async () => {
    const { far } = wire("a");
    far.cut();
    plexus.react(text, () => makeGate().opened);
    for (const each of ["a", "b", "c"]) await plexus.transmit(text, each);
    await plexus.close();
    // Three in the queue of the wire; one under way here, two behind it.
    expect(plexus.stats()).toMatchObject({ sent: 3, delivered: 1, dropped: { closed: 5 } });
  });

  test("can be given a linger time, which then is that of its ganglia too", async () => {
    const patient = new Plexus({ lingerMs: 600_000 });
    incidentsOf(patient);
    const alone = new MemoryGanglion("a", { lingerMs: 600_000 });
    patient.infuse(alone);
    await patient.transmit(text, "nobody is there");
    await patient.close({ lingerMs: 0 });
    expect(patient.stats()).toMatchObject({ sent: 1, dropped: { closed: 1 } });
  });

  test("leaves no timer", async () => {
    const before = process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;
    const lingering = new Plexus({ lingerMs: 60_000, sendTimeoutMs: 60_000 });
    incidentsOf(lingering);
    const alone = new MemoryGanglion("a", {
      lingerMs: 1,
      sendQueue: { limit: 1, policy: "block" },
    });
    lingering.infuse(alone);
    lingering.react(text, () => {});
    const transmits = ["a", "b"].map((each) => lingering.transmit(text, each));
    await lingering.close();
    await Promise.allSettled(transmits);
    const after = process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;
    // Those of tests before may end meanwhile.
    expect(after).toBeLessThanOrEqual(before);
  });

  test("goes on when a ganglion cannot close, and then says so", async () => {
    const cause = new Error("stuck");
    const [stuck, other] = [wire("stuck", { closeError: cause }), wire("other")];
    const subscription = plexus.react(text, () => {});
    await expect(plexus.close()).rejects.toBe(cause);
    await expect(other.near.transmit(text, "ale")).rejects.toThrow(ClosedError);
    expect(await outcomeOf(subscription.ended)).toBe("resolved");
    expect(stuck.near.quiet).toBe(true);
  });
});

describe("closing one ganglion of a plexus", () => {
  test("leaves the rest as it was", async () => {
    const [a, b] = [wire("a"), wire("b")];
    const got: string[] = [];
    plexus.react(text, (each) => void got.push(`here ${each}`));
    b.far.react(text, (each) => void got.push(`b ${each}`));
    await a.near.close();
    await plexus.transmit(text, "1");
    await b.far.transmit(text, "2");
    await microtasks();
    expect(got).toEqual(["here 1", "b 1", "here 2"]);
    expect(incidents).toEqual([]);
  });

  test("is no failure of what is transmitted meanwhile", async () => {
    const [closing, b] = [wire("closing", { lingerMs: 60_000 }), wire("b")];
    closing.far.cut();
    const got: string[] = [];
    b.far.react(text, (each) => void got.push(each));
    await plexus.transmit(text, "1");
    const closed = closing.near.close();
    await microtasks();
    expect(await outcomeOf(plexus.transmit(text, "2"))).toBe("resolved");
    await microtasks();
    expect(got).toEqual(["1", "2"]);
    closing.near.join(closing.far);
    await closed;
  });

  test("keeps what it has counted in the stats of the plexus", async () => {
    const { near } = wire("a");
    await plexus.transmit(text, "1");
    await microtasks();
    await near.close();
    expect(plexus.stats().sent).toBe(1);
  });
});

describe("a ganglion that comes later", () => {
  test("brings the interest of its reactants with it", async () => {
    const got: string[] = [];
    const [inproc, inner, { far }] = [new InprocGanglion(), new Plexus(), wire("a")];
    inproc.react(text, (each) => void got.push(`inproc ${each}`));
    inner.reactRaw("dev.>", () => void got.push("inner"));
    plexus.infuse(inproc);
    plexus.infuse(inner);
    await plexus.transmit(text, "1");
    expect(got.sort()).toEqual(["inner", "inproc 1"]);
    got.length = 0;
    await far.transmit(text, "2");
    await microtasks();
    expect(got.sort()).toEqual(["inner", "inproc 2"]);
  });

  test("and goes takes the interest of its reactants with it", async () => {
    const { far } = wire("a");
    const inproc = new InprocGanglion();
    plexus.infuse(inproc);
    inproc.react(text, () => {});
    await inproc.close();
    await far.transmit(text, "ale");
    await microtasks();
    expect(plexus.stats()).toMatchObject({ received: 1, delivered: 0, dropped: { unclaimed: 1 } });
  });

  test("takes part in all that is known by then", async () => {
    const got: string[] = [];
    plexus.react(text, (each) => void got.push(`here ${each}`));
    await plexus.transmit(text, "1");
    const { far } = wire("late");
    far.react(text, (each) => void got.push(`far ${each}`));
    await plexus.transmit(text, "2");
    await far.transmit(text, "3");
    await microtasks();
    expect(got).toEqual(["here 1", "here 2", "far 2", "here 3"]);
  });

  test("brings patterns what they wait for", async () => {
    const got: string[] = [];
    plexus.reactRaw("dev.>", (_, { topic }) => void got.push(topic));
    const { far } = wire("late");
    await far.transmit(text, "1");
    await microtasks();
    expect(got).toEqual([text.name]);
  });
});

test("a plexus that cannot be made lets go of the ganglia it had joined already", async () => {
  const [near, far] = memoryPair("a");
  const inproc = new InprocGanglion();
  inproc.react(text, () => {});
  const foreign = new InprocGanglion();
  plexus.infuse(foreign);
  expect(() => new Plexus({ ganglia: [near, inproc, foreign] })).toThrow(UsageError);

  await using second = new Plexus({ ganglia: [inproc, near] });
  const got: string[] = [];
  second.react(text, (each) => void got.push(each));
  await far.transmit(text, "ale");
  await microtasks();
  expect(got).toEqual(["ale"]);
});

describe("the readiness of a plexus", () => {
  test("is at once where everything is in the process", async () => {
    expect(await outcomeOf(plexus.ready(text))).toBe("resolved");
    plexus.infuse(new InprocGanglion());
    expect(await outcomeOf(plexus.ready(text))).toBe("resolved");
  });

  test("is when every capable external ganglion has somebody at the other end", async () => {
    const [a, b] = [wire("a"), wire("b")];
    wire("incapable", { ignored: [text] }).far.cut();
    await plexus.ready(text);
    a.far.cut();
    b.far.cut();
    const ready = plexus.ready(text);
    a.near.join(a.far);
    expect(await outcomeOf(ready)).toBe("pending");
    b.near.join(b.far);
    expect(await outcomeOf(ready)).toBe("resolved");
  });

  test("is when one that was waited for leaves", async () => {
    const { near } = wire("a");
    near.cut();
    const ready = plexus.ready(text);
    expect(await outcomeOf(ready)).toBe("pending");
    await near.close();
    expect(await outcomeOf(ready)).toBe("resolved");
  });

  test("with a number of receivers counts those of all external ganglia", async () => {
    const [a, b] = [wire("a"), wire("b")];
    b.near.cut();
    const two = plexus.ready(text, { receivers: 2 });
    expect(await outcomeOf(two)).toBe("pending");
    b.near.join(b.far);
    expect(await outcomeOf(two)).toBe("resolved");
    a.far.cut();
    expect(await outcomeOf(plexus.ready(text, { receivers: 2 }))).toBe("pending");
  });

  test("is refused for more receivers than its external ganglia ever have", async () => {
    wire("a");
    wire("incapable", { ignored: [text] });
    await expect(plexus.ready(text, { receivers: 2 })).rejects.toThrow(UsageError);
    const outer = new Plexus({ ganglia: [plexus] });
    await expect(outer.ready(text, { receivers: 2 })).rejects.toThrow(UsageError);
  });

  test("is refused for a topic that no external ganglion takes, as is to transmit it", async () => {
    wire("incapable", { ignored: [text] });
    await expect(plexus.transmit(text, "ale")).rejects.toThrow(UsageError);
    await expect(plexus.ready(text)).rejects.toThrow(UsageError);
    await expect(plexus.ready(text, { receivers: 1 })).rejects.toThrow(UsageError);
  });

  test("counts reactants here and in its ganglia where nothing is external", async () => {
    const inproc = new InprocGanglion();
    plexus.infuse(inproc);
    const two = plexus.ready(text, { receivers: 2 });
    plexus.react(text, () => {});
    expect(await outcomeOf(two)).toBe("pending");
    inproc.react(text, () => {});
    expect(await outcomeOf(two)).toBe("resolved");
  });

  test("is refused with a number of receivers that a ganglion cannot know", async () => {
    wire("blind", { knowsReceivers: false });
    await expect(plexus.ready(text, { receivers: 1 })).rejects.toThrow(UsageError);
    await plexus.ready(text);
  });

  test("is refused too when such a ganglion comes later, and only who waits is told", async () => {
    const waiting = plexus.ready(text, { receivers: 5 });
    expect(await outcomeOf(waiting)).toBe("pending");
    wire("blind", { knowsReceivers: false });
    expect(await outcomeOf(waiting)).toBeInstanceOf(UsageError);
  });

  test("ends by close", async () => {
    wire("a").far.cut();
    const ready = plexus.ready(text);
    const outcome = outcomeOf(ready);
    void plexus.close();
    expect(await outcome).toBeInstanceOf(ClosedError);
  });
});

test("a listener that transmits each incident does so without end nowhere", async () => {
  const { far } = wire("a", { sendQueue: { limit: 1, policy: "drop-newest" } });
  far.cut();
  let told = 0;
  plexus.on("incident", () => {
    told += 1;
    void plexus.transmit(text, "an incident");
  });
  for (const each of ["queued", "refused"]) await plexus.transmit(text, each);
  expect(told).toBeGreaterThan(0);
  expect(told).toBeLessThan(100);
});
