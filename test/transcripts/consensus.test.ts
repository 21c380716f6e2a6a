import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { runTranscript } from "./transcript.ts";

const folder = new URL("./consensus/", import.meta.url);
const line = "----";

describe("agreement on addresses, situation by situation", () => {
  for (const file of readdirSync(folder)) {
    const path = new URL(file, folder);
    const [commands = ""] = readFileSync(path, "utf8").split(`\n${line}\n`);
    const [title = ""] = commands.split("\n");
    test(title.replace(/^# /, ""), async () => {
      const [, ...steps] = commands.trimEnd().split("\n");
      const told = runTranscript(steps.filter((step) => step !== ""));
      const text = [commands.trimEnd(), line, ...told, ""].join("\n");
      await expect(text).toMatchFileSnapshot(path.pathname);
    });
  }
});
