import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";

/** Where people read, at any depth; of the top folder its own files only. */
const folders = ["docs", "examples", "demo", "bench", "test/golden"];

const documents = [
  ...readdirSync("."),
  ...folders.flatMap((folder) =>
    readdirSync(folder, { encoding: "utf8", recursive: true }).map((path) => join(folder, path)),
  ),
].filter((path) => path.endsWith(".md"));

test("there are documents", () => {
  expect(documents).toContain("README.md");
  expect(documents).toContain(join("docs", "guide.md"));
});

test.each(documents)("what %s links to in this repository is there", (document) => {
  const targets = [...readFileSync(document, "utf8").matchAll(/\]\(([^)]+)\)/g)]
    .map(([, target = ""]) => target.replace(/#.*$/, ""))
    .filter((target) => target !== "" && !/^[a-z]+:/.test(target));
  expect(targets.filter((target) => !existsSync(join(dirname(document), target)))).toEqual([]);
});

test("the files that ARCHITECTURE.md names are there", () => {
  const sources = readdirSync("src", { encoding: "utf8", recursive: true }).map(
    (path) => `/${path.replaceAll("\\", "/")}`,
  );
  const named = [...readFileSync("ARCHITECTURE.md", "utf8").matchAll(/`([\w/-]+\.ts)`/g)];
  expect(named.length).toBeGreaterThan(10);
  const missing = named
    .map(([, path = ""]) => path)
    .filter((path) => !sources.some((source) => source.endsWith(`/${path}`)));
  expect(missing).toEqual([]);
});
