import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { freePort } from "../interop/free-port.ts";
import { RunningExample } from "./running-example.ts";

// Each test starts processes, beside which other tests run.
vi.setConfig({ testTimeout: 60_000 });

/** What the examples print that run alone. */
const outputs: Readonly<Record<string, readonly string[]>> = {
  brewery: ["tank A has 11.4 °C", "tank B has 19.8 °C"],
  "inproc-string": ["one heard: Hello!", "another heard: Hello!", "one heard: Hello again!"],
  "inproc-json": [
    "tank A has 11.4 °C",
    "the very object that was sent: true",
    'dev.plexo.examples.Temperature.json: {"tank":"A","celsius":11.4}',
  ],
  "inproc-class": ["5 glasses from tank A"],
  axon: [
    "heard: a pils",
    "heard: a stout",
    "heard: the bill",
    "served: a pils",
    "served: a stout",
    "served: the bill",
  ],
};

/** What takes part in the test of the pair. */
const pair = ["foo-bar", "pair-responder", "pair-sender"];

function start(name: string, ...args: readonly string[]): RunningExample {
  const example = new RunningExample(name, ...args);
  onTestFinished(() => example.kill());
  return example;
}

test("every example is run here, and stands in the README of the examples", () => {
  const files = readdirSync("examples").filter((file) => file.endsWith(".ts"));
  const names = files.map((file) => file.replace(/\.ts$/, ""));
  expect(names.sort()).toEqual([...Object.keys(outputs), ...pair].sort());
  const readme = readFileSync("examples/README.md", "utf8");
  const shown = files.filter((file) => file !== "foo-bar.ts");
  expect(shown.filter((file) => !readme.includes(`(${file})`))).toEqual([]);
});

test.each(Object.entries(outputs))("%s prints what it promises, and ends", async (name, lines) => {
  const example = start(name, ...(name === "brewery" ? [String(await freePort())] : []));
  expect(await example.ended).toEqual(lines);
  expect(example.complaints).toBe("");
});

describe("pair-sender and pair-responder", () => {
  test("the responder first: every Foo is answered by a Bar", async () => {
    const address = `127.0.0.1:${await freePort()}`;
    const responder = start("pair-responder", `pair://${address}?bind`);
    await responder.printed(1);
    const sender = start("pair-sender", `pair://${address}`);
    await expectConversation(sender, responder);
    expect(sender.complaints + responder.complaints).toBe("");
  });

  test("the sender first: the same, and it has said that nobody listened", async () => {
    const address = `127.0.0.1:${await freePort()}`;
    const sender = start("pair-sender", `pair://${address}`);
    await sender.printed(1);
    const responder = start("pair-responder", `pair://${address}?bind`);
    await expectConversation(sender, responder);
    expect(sender.complaints).toContain("ECONNREFUSED");
  });
});

async function expectConversation(
  sender: RunningExample,
  responder: RunningExample,
): Promise<void> {
  const sent = await sender.ended;
  const ids = sent.slice(0, 3).map((line) => line.split(", ")[1]);
  expect(new Set(ids).size).toBe(3);
  expect(sent).toEqual([
    ...ids.map((id, index) => `sent Foo ${index + 1}, ${id}`),
    ...ids.map((id) => `got a Bar from responder for ${id}`),
  ]);
  expect((await responder.ended).slice(1)).toEqual([
    "got Foo 1 from sender: hello",
    "got Foo 2 from sender: hello",
    "got Foo 3 from sender: hello",
  ]);
}
