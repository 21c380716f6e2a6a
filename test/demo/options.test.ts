import { expect, test } from "vitest";
import { readOptions, usage } from "../../demo/launch/options.ts";

test("without options it ends by itself and logs to a file of its own", () => {
  expect(readOptions([])).toEqual({ forever: false, help: false, via: undefined, log: undefined });
});

test("every option is read, and stands in the usage", () => {
  expect(readOptions(["--forever", "--help", "--via", "tcp", "--log", "a.ndjson"])).toEqual({
    forever: true,
    help: true,
    via: "tcp",
    log: "a.ndjson",
  });
  for (const option of ["--forever", "--help", "--via", "--log"]) expect(usage).toContain(option);
});

test.each(["ipc", "multicast://239.255.0.0/16:5561?interface=lo"])("--via takes %s", (via) => {
  expect(readOptions(["--via", via])).toMatchObject({ via });
});

test.each([["--for-ever"], ["--log"], ["now"], ["--via", "pigeon"]])("%s is refused", (...args) => {
  expect(() => readOptions(args)).toThrow(TypeError);
});
