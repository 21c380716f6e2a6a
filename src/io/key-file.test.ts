import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { TransportError, UsageError } from "../errors.ts";
import { readKeyFile } from "./key-file.ts";

const folder = mkdtempSync(join(tmpdir(), "plexo-key-"));
afterAll(() => rmSync(folder, { recursive: true }));

const digits = "00ff".repeat(16);

function keyFile(text: string, mode = 0o600): string {
  const path = join(folder, "group.key");
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

describe("readKeyFile", () => {
  test.each([digits, `${digits.toUpperCase()}\n`, ` ${digits}\r\n`])("reads %j", async (text) => {
    const key = await readKeyFile(keyFile(text));
    expect(key).toHaveLength(32);
    expect([...key.subarray(0, 2)]).toEqual([0, 255]);
  });

  test.skipIf(process.platform === "win32").each([0o640, 0o604, 0o660, 0o601])(
    "refuses a file of mode %o, which others may use",
    async (mode) => {
      const reading = readKeyFile(keyFile(digits, mode));
      await expect(reading).rejects.toBeInstanceOf(UsageError);
      await expect(reading).rejects.toThrow(
        /others may use the key file .*group\.key .* chmod 600/,
      );
    },
  );

  test.each(["", "abc", "no digits", `${digits} ${digits}`])("refuses %j", async (text) => {
    const reading = readKeyFile(keyFile(text));
    await expect(reading).rejects.toThrow(/holds no key of hexadecimal digits; make one: openssl/);
    if (text !== "") await expect(reading).rejects.not.toThrow(text);
  });

  test("says which file is not there", async () => {
    const reading = readKeyFile(join(folder, "no-such"));
    await expect(reading).rejects.toBeInstanceOf(TransportError);
    await expect(reading).rejects.toThrow(/cannot read the key file .*no-such: ENOENT/);
  });
});
