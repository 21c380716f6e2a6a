/** What one reactant, one network or one message that fails does to the others: nothing. */
import { describe, expect, test } from "vitest";
import { TransportError, UsageError } from "../../src/errors.ts";
import { unfitBytes } from "../support/counting-codec.ts";
import { textNeuron } from "../support/neurons.ts";
import { type LinkKind, Scene } from "./scene.ts";

const kinds: readonly LinkKind[] = ["pair", "pubsub"];
/** Nobody listens there. */
const nowhere = { host: "127.0.0.1", port: 1 };

describe.each(kinds)("a %s that is not capable of the neuron", (kind) => {
  test("harms nobody: all others get the message, and transmit succeeds", async () => {
    await using scene = new Scene();
    const [here, far, beyond] = [scene.member("here"), scene.member("far"), scene.member("beyond")];
    const picky = { codecs: ["json"] };
    const [near] = await scene.link(kind, here, far, picky);
    await scene.pubsub(here, beyond);
    await scene.ready();
    await here.plexus.transmit(here.text, "1");
    await beyond.plexus.transmit(beyond.text, "2");
    await scene.settle();
    expect(scene.heard).toEqual(["beyond 1", "beyond 2", "here 1", "here 2"]);
    expect(near.stats().sent).toBe(0);
    expect(here.incidents).toEqual([]);
  });

  test("takes nothing in either: what comes by it is not forwarded, and is counted", async () => {
    await using scene = new Scene();
    const [here, far, beyond] = [scene.member("here"), scene.member("far"), scene.member("beyond")];
    const picky = { ignored: [here.text] };
    const [near, other] = await scene.link(kind, here, far, picky);
    await scene.pubsub(here, beyond);
    await scene.ready();
    await far.plexus.transmit(far.text, "ale");
    await scene.settle();
    expect(scene.heard).toEqual(["far ale"]);
    // A pair carries what nobody takes; a publisher is not even asked for it.
    expect(near.stats().dropped).toEqual(kind === "pair" ? { unclaimed: 1 } : {});
    expect(other.stats().dropped).toEqual(kind === "pair" ? {} : { unclaimed: 1 });
  });

  test("makes no bridge: nothing is asked for that could go nowhere", async () => {
    await using scene = new Scene();
    const [here, far] = [await scene.bridge("here"), scene.member("far")];
    const picky = { ignored: [here.text] };
    await scene.link(kind, here, far, picky);
    const [near, beyond] = [await scene.node(here), await scene.node(far)];
    scene.listen(near, beyond);
    scene.listen(beyond, near);
    // What it asks for after this has been heard after all that was asked for before.
    await near.react(textNeuron("Other"), () => {}).ready;
    await beyond.transmit(far.text, "ale");
    await scene.settle();
    expect(beyond.stats().dropped).toEqual({ unclaimed: 1 });
    expect(near.stats().received).toBe(0);
  });
});

describe("a reactant that fails", () => {
  test.each([
    [
      "throws",
      (): void => {
        throw new Error("on purpose");
      },
    ],
    ["rejects", (): Promise<void> => Promise.reject(new Error("on purpose"))],
  ])("that %s stops no other one, nor the sender, nor what is forwarded", async (_, fail) => {
    await using scene = new Scene();
    const [one, here, other] = [scene.member("one"), scene.member("here"), scene.member("other")];
    here.plexus.react(here.text, fail);
    scene.hear("here too", here.plexus, here.text);
    await scene.pair(one, here);
    await scene.pubsub(here, other);
    await scene.ready();
    for (const text of ["1", "2"]) await here.plexus.transmit(here.text, text);
    for (const text of ["3", "4"]) await one.plexus.transmit(one.text, text);
    await scene.settle();
    const hearers = ["here", "here too", "one", "other"];
    expect(scene.heard).toEqual(
      hearers.flatMap((name) => ["1", "2", "3", "4"].map((text) => `${name} ${text}`)),
    );
    expect(here.plexus.stats()).toMatchObject({ failed: 4, dropped: {} });
    const failures = here.incidents.filter(({ kind }) => kind === "reactant-failed");
    expect(failures).toHaveLength(4);
    expect(failures[0]).toMatchObject({ topic: here.text.name, ganglion: "here" });
    expect(failures[0]?.cause).toEqual(new Error("on purpose"));
  });
});

describe("a send that fails", () => {
  test("because a queue is full: the sender is told, and all others have the message", async () => {
    await using scene = new Scene();
    const [here, beyond] = [scene.member("here"), scene.member("beyond")];
    const alone = scene.deadEnd(here, nowhere, { limit: 1, policy: "error" });
    await scene.pubsub(here, beyond);
    await scene.ready();
    await here.plexus.transmit(here.text, "1");
    const refused = here.plexus.transmit(here.text, "2");
    await expect(refused).rejects.toThrow(TransportError);
    await expect(refused).rejects.toThrow("127.0.0.1:1");
    await scene.settle();
    expect(scene.heard).toEqual(["beyond 1", "beyond 2", "here 1", "here 2"]);
    expect(alone.stats()).toMatchObject({ queueDepth: 1, dropped: { "queue-full": 1 } });
  });

  test("because a network never takes it: nobody else waits, and the sender is told", async () => {
    await using scene = new Scene();
    const [here, beyond] = [scene.member("here"), scene.member("beyond")];
    const alone = scene.deadEnd(here, nowhere, { limit: 1, policy: "block" });
    await scene.pubsub(here, beyond);
    await scene.ready();
    await here.plexus.transmit(here.text, "1");
    const given = here.plexus.transmit(here.text, "2", { timeoutMs: 100 });
    await scene.settle();
    expect(scene.heard).toEqual(["beyond 1", "beyond 2", "here 1", "here 2"]);
    await expect(given).rejects.toThrow(TransportError);
    expect(alone.stats().dropped).toEqual({ "timed-out": 1 });
  });

  test("because it is too long for one network: the sender is told, all others have it", async () => {
    await using scene = new Scene();
    const [here, far, beyond] = [scene.member("here"), scene.member("far"), scene.member("beyond")];
    await scene.pair(here, far, { messageBytesMax: 1_000 });
    await scene.pubsub(here, beyond);
    await scene.ready();
    const long = "x".repeat(1_000);
    await expect(here.plexus.transmit(here.text, long)).rejects.toThrow(UsageError);
    await here.plexus.transmit(here.text, "short");
    await scene.settle();
    const heard = ["beyond", "here"].flatMap((name) => [`${name} short`, `${name} ${long}`]);
    expect(scene.heard).toEqual([...heard.sort(), "far short"].sort());
  });

  test("of what is forwarded: it is counted, reported, and hinders nobody", async () => {
    await using scene = new Scene();
    const [one, here] = [scene.member("one"), scene.member("here")];
    const [far, beyond] = [scene.member("far"), scene.member("beyond")];
    await scene.pubsub(one, here);
    await scene.pair(here, far, { messageBytesMax: 1_000 });
    await scene.pubsub(here, beyond);
    scene.deadEnd(here, nowhere, { limit: 1, policy: "error" });
    await scene.ready();
    const long = "x".repeat(1_000);
    for (const text of [long, "short"]) await one.plexus.transmit(one.text, text);
    await scene.settle();
    const heard = ["beyond", "here", "one"].flatMap((name) => [`${name} short`, `${name} ${long}`]);
    expect(scene.heard).toEqual([...heard, "far short"].sort());
    expect(here.plexus.stats().dropped).toEqual({ unsendable: 1, "queue-full": 1 });
    const reasons = here.incidents.flatMap(({ reason }) => reason ?? []);
    expect(reasons.sort()).toEqual(["queue-full", "unsendable"]);
  });
});

describe("a payload that does not decode", () => {
  test("is dropped and counted where somebody wants its value, and forwarded all the same", async () => {
    await using scene = new Scene();
    const [one, here, other] = [scene.member("one"), scene.member("here"), scene.member("other")];
    await scene.pair(one, here);
    await scene.pubsub(here, other);
    const raw: string[] = [];
    other.plexus.reactRaw(other.text, (bytes) => void raw.push(bytes.join()));
    await scene.ready();
    await one.plexus.transmitRaw(one.text, unfitBytes);
    await one.plexus.transmit(one.text, "ale");
    await scene.settle();
    expect(scene.heard).toEqual(["here ale", "one ale", "other ale"]);
    expect(raw).toEqual([unfitBytes.join(), new TextEncoder().encode("ale").join()]);
    for (const { plexus } of [one, here, other]) {
      expect(plexus.stats()).toMatchObject({ decodeErrors: 1, dropped: { undecodable: 1 } });
    }
  });
});
