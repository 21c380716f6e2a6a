import { expect, test } from "vitest";
import { UsageError } from "../errors.ts";
import { checkAddress, formatAddress, systemErrorText } from "./address.ts";

test("an address is written as in a URL", () => {
  expect(formatAddress({ host: "example.org", port: 5580 })).toBe("example.org:5580");
  expect(formatAddress({ host: "::1", port: 5580 })).toBe("[::1]:5580");
});

test("it needs a host and a port", () => {
  checkAddress({ host: "h", port: 0 });
  checkAddress({ host: "h", port: 65_535 });
  for (const [host, port] of [
    ["", 1],
    ["h", -1],
    ["h", 65_536],
    ["h", 1.5],
    ["h", Number.NaN],
  ] as const) {
    expect(() => checkAddress({ host, port })).toThrow(UsageError);
  }
});

test("an error of the system is known by its code, several by theirs", () => {
  const refused = Object.assign(new Error("connect"), { code: "ECONNREFUSED" });
  const unreachable = Object.assign(new Error("connect"), { code: "ENETUNREACH" });
  expect(systemErrorText(refused)).toBe("ECONNREFUSED");
  expect(systemErrorText(new AggregateError([refused, refused, unreachable]))).toBe(
    "ECONNREFUSED, ENETUNREACH",
  );
  expect(systemErrorText(new Error("odd"))).toBe("odd");
});
