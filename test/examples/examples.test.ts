import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { freePort } from "../interop/free-port.ts";
import { freeUdpPort } from "../support/multicast.ts";
import { randomPort } from "../support/random-port.ts";
import { RunningProgram } from "../support/running-program.ts";

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
  epgm: ["tank A: 11.4 °C", "tank A: 11.9 °C", "tank A: 12.3 °C", "the cellar has closed"],
  axon: [
    "heard: a pils",
    "heard: a stout",
    "heard: the bill",
    "served: a pils",
    "served: a stout",
    "served: the bill",
  ],
};

/** What takes part in the conversation of two processes. */
const conversation = ["foo-bar", "responder", "sender"];

function start(name: string, ...args: readonly string[]): RunningProgram {
  const example = new RunningProgram(`examples/${name}`, args);
  onTestFinished(() => example.kill());
  return example;
}

test("every example is run here, and stands in the README of the examples", () => {
  const files = readdirSync("examples").filter((file) => file.endsWith(".ts"));
  const names = files.map((file) => file.replace(/\.ts$/, ""));
  const others = [...conversation, "late-loggers", "plexo-multicast"];
  expect(names.sort()).toEqual([...Object.keys(outputs), ...others].sort());
  const readme = readFileSync("examples/README.md", "utf8");
  const shown = files.filter((file) => file !== "foo-bar.ts");
  expect(shown.filter((file) => !readme.includes(`(${file})`))).toEqual([]);
});

test.each(Object.entries(outputs))("%s prints what it promises, and ends", async (name, lines) => {
  const ports: Readonly<Record<string, () => Promise<number>>> = {
    brewery: freePort,
    epgm: freeUdpPort,
  };
  const port = await ports[name]?.();
  const example = start(name, ...(port === undefined ? [] : [`${port}`]));
  expect(await example.ended).toEqual(lines);
  expect(example.complaints).toBe("");
});

test("late-loggers: each gets what is published after it has joined", async () => {
  const example = start("late-loggers", String(await freePort()));
  const lines = await example.ended;
  const loggedBy = (name: string): string[] => lines.filter((line) => line.startsWith(name));
  expect(loggedBy("logger 1")).toEqual(["11.4", "11.9", "12.3"].map((c) => `logger 1: ${c} °C`));
  expect(loggedBy("logger 2")).toEqual(["11.9", "12.3"].map((c) => `logger 2: ${c} °C`));
  expect(loggedBy("logger 3")).toEqual(["logger 3: 12.3 °C"]);
  expect(lines).toHaveLength(6);
  expect(example.complaints).toBe("");
});

test("plexo-multicast: they find each other in any order, and again after a crash", async () => {
  const url = multicastUrl();
  const first = start("plexo-multicast", "first", url);
  await first.prints("first speaks");
  const second = start("plexo-multicast", "second", url);
  await Promise.all([first.prints("from second"), second.prints("from first")]);
  second.kill();
  await expect(second.ended).rejects.toThrow("SIGKILL");
  const third = start("plexo-multicast", "third", url);
  await Promise.all([first.prints("from third"), third.prints("from first")]);
  for (const each of [first, third]) each.kill("SIGINT");
  for (const each of [first, third]) {
    await each.ended;
    expect(each.complaints).toBe("");
  }
});

function multicastUrl(): string {
  return `multicast://239.255.0.0/16:${randomPort()}?interface=127.0.0.1`;
}

/** The URL of the sender and that of the responder. */
type Urls = readonly [string, string];

async function pairUrls(): Promise<Urls> {
  const url = `pair://127.0.0.1:${await freePort()}`;
  return [url, `${url}?bind`];
}

async function pubSubUrls(): Promise<Urls> {
  const one = `127.0.0.1:${await freePort()}`;
  const other = `127.0.0.1:${await freePort()}`;
  return [`pubsub://${one}?peers=${other}`, `pubsub://${other}?peers=${one}`];
}

function multicastUrls(): Promise<Urls> {
  const url = multicastUrl();
  return Promise.resolve([url, url]);
}

// Who connects before anybody is there says so; the responder of a pair does not connect.
describe.each([
  { transport: "a pair", makeUrls: pairUrls, lonelyResponder: /^$/, lonelySender: /ECONNREFUSED/ },
  {
    transport: "pub/sub",
    makeUrls: pubSubUrls,
    lonelyResponder: /ECONNREFUSED/,
    lonelySender: /ECONNREFUSED/,
  },
  { transport: "multicast", makeUrls: multicastUrls, lonelyResponder: /^$/, lonelySender: /^$/ },
])("sender and responder over $transport", ({ makeUrls, lonelyResponder, lonelySender }) => {
  test("the responder first: every Foo is answered by a Bar", async () => {
    const [ofSender, ofResponder] = await makeUrls();
    const responder = start("responder", ofResponder);
    await responder.prints("waiting for Foos");
    const sender = start("sender", ofSender);
    await expectConversation(sender, responder);
    expect(responder.complaints).toMatch(lonelyResponder);
    expect(sender.complaints).toBe("");
  });

  test("the sender first: the same", async () => {
    const [ofSender, ofResponder] = await makeUrls();
    const sender = start("sender", ofSender);
    await sender.prints("sending Foos");
    const responder = start("responder", ofResponder);
    await expectConversation(sender, responder);
    expect(sender.complaints).toMatch(lonelySender);
    expect(responder.complaints).toBe("");
  });
});

async function expectConversation(
  sender: RunningProgram,
  responder: RunningProgram,
): Promise<void> {
  const sent = await sender.ended;
  const ids = sent.slice(1, 4).map((line) => line.split(", ")[1]);
  expect(new Set(ids).size).toBe(3);
  expect(sent.slice(1)).toEqual([
    ...ids.map((id, index) => `sent Foo ${index + 1}, ${id}`),
    ...ids.map((id) => `got a Bar from responder for ${id}`),
  ]);
  expect((await responder.ended).slice(1)).toEqual([
    "got Foo 1 from sender: hello",
    "got Foo 2 from sender: hello",
    "got Foo 3 from sender: hello",
  ]);
}
