import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { runTranscript } from "./transcript.ts";

const folder = new URL("./consensus/", import.meta.url);
const line = "----";

interface Situation {
  readonly title: string;
  readonly commands: string;
  readonly path: string;
}

const situations = readdirSync(folder).map((file): Situation => {
  const { pathname: path } = new URL(file, folder);
  const [text = ""] = readFileSync(path, "utf8").split(`\n${line}\n`);
  const commands = text.trimEnd();
  const [title = ""] = commands.split("\n");
  return { title: title.slice(2), commands, path };
});

describe("agreement on addresses, situation by situation", () => {
  test.each(situations)("$title", async ({ commands, path }) => {
    const [, ...steps] = commands.split("\n");
    const told = runTranscript(steps.filter((step) => step !== ""));
    await expect([commands, line, ...told, ""].join("\n")).toMatchFileSnapshot(path);
  });
});
