import { appendFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { countLines, sizeOf } from "../../demo/accounts/log.ts";

let directory: string;
let path: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "plexo-log-"));
  path = join(directory, "messages.ndjson");
});

afterEach(async () => {
  await rm(directory, { recursive: true });
});

test("a file that is not there has no bytes; a path that leads through a file is an error", async () => {
  expect(await sizeOf(path)).toBe(0);
  await appendFile(path, "{}\n");
  expect(await sizeOf(path)).toBe(3);
  await expect(sizeOf(join(path, "below"))).rejects.toThrow("ENOTDIR");
});

test("only the lines count that are new, and only those that have ended", async () => {
  await appendFile(path, "old\nold\n");
  const start = await sizeOf(path);
  await appendFile(path, "new ü\nnew\ncut");
  expect(await countLines(path, start)).toBe(2);
  expect(await countLines(path, 0)).toBe(4);
});

test("a file larger than one read is counted whole", async () => {
  await appendFile(path, "0123456789abcdef\n".repeat(20_000));
  expect(await countLines(path, 0)).toBe(20_000);
});
