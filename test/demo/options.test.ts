import { expect, test } from "vitest";
import { readOptions, usage } from "../../demo/launch/options.ts";

test("without options it ends by itself and logs to a file of its own", () => {
  expect(readOptions([])).toEqual({ forever: false, help: false, tcp: false, log: undefined });
});

test("every option is read, and stands in the usage", () => {
  expect(readOptions(["--forever", "--help", "--tcp", "--log", "a.ndjson"])).toEqual({
    forever: true,
    help: true,
    tcp: true,
    log: "a.ndjson",
  });
  for (const option of ["--forever", "--help", "--tcp", "--log"]) expect(usage).toContain(option);
});

test.each([["--for-ever"], ["--log"], ["now"]])("%s is refused", (...args) => {
  expect(() => readOptions(args)).toThrow(TypeError);
});
