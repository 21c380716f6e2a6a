import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { IpcAddress } from "../../src/io/address.ts";
import { BuiltPackage } from "../support/built-package.ts";
import { SocketFolder } from "../support/socket-folder.ts";

const racerCount = 6;
const roundCount = 40;
/** For the word to reach all of them. */
const headStartMs = 10;

let built: BuiltPackage;
let folder: SocketFolder;
let racers: ChildProcess[];

beforeAll(async () => {
  built = new BuiltPackage();
  folder = new SocketFolder();
  const file = fileURLToPath(new URL("racer.js", import.meta.url));
  racers = Array.from({ length: racerCount }, () => fork(file, [built.file("ganglion/pair.js")]));
  await Promise.all(racers.map(answer));
}, 120_000);

afterAll(() => {
  for (const racer of racers) racer.kill("SIGKILL");
  folder.remove();
  built.remove();
});

async function answer(racer: ChildProcess): Promise<unknown> {
  const [word] = await once(racer, "message");
  return word;
}

async function race({ path }: IpcAddress): Promise<readonly unknown[]> {
  const answers = racers.map(answer);
  const startsMs = Date.now() + headStartMs;
  for (const racer of racers) racer.send({ path, startsMs });
  return Promise.all(answers);
}

test.each([
  ["free", (name: string) => Promise.resolve(folder.at(name))],
  ["left behind", (name: string) => folder.leaveBehind(name)],
])(
  "of processes that want one path at the same moment one gets it: %s",
  async (what, prepare) => {
    for (let round = 0; round < roundCount; round++) {
      const address = await prepare(`${what}-${round}`);
      const answers = await race(address);
      const refusal = `cannot take connections at ${address.path}: in use by a listening process`;
      const refused = answers.filter((each) => each !== "got it");
      expect(refused).toEqual(Array.from({ length: racerCount - 1 }, () => refusal));
      const visitor = connect(address);
      await once(visitor, "connect");
      visitor.destroy();
    }
  },
  60_000,
);
