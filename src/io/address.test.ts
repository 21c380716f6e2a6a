import { afterEach, describe, expect, test, vi } from "vitest";
import { UsageError } from "../errors.ts";
import {
  checkAddress,
  checkRemoteAddress,
  formatAddress,
  formatUrl,
  type IpcAddress,
  listenError,
  pathBytesMax,
  systemErrorText,
  type TcpAddress,
} from "./address.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

test("an address is written as people write it", () => {
  expect(formatAddress({ host: "example.org", port: 5580 })).toBe("example.org:5580");
  expect(formatAddress({ host: "::1", port: 5580 })).toBe("[::1]:5580");
  expect(formatAddress({ path: "/run/a b.sock" })).toBe("/run/a b.sock");
});

test("in a URL a path is escaped where it has to be", () => {
  expect(formatUrl("pair", { host: "::1", port: 5580 })).toBe("pair://[::1]:5580");
  expect(formatUrl("pair", { path: "/run/brewery.sock" })).toBe("pair+ipc:///run/brewery.sock");
  expect(formatUrl("pair", { path: "/a b/50%?#é" })).toBe("pair+ipc:///a%20b/50%25%3F%23%C3%A9");
});

describe("an address of TCP", () => {
  test("needs a host and a port", () => {
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
    // As a program without types may give it.
    expect(() => checkAddress({ port: 1 } as TcpAddress)).toThrow(
      "address undefined:1: it needs a host, and a port from 0 to 65535",
    );
  });
});

test("an address to connect to has a port that is one", () => {
  expect(checkRemoteAddress({ host: "h", port: 1 })).toEqual({ host: "h", port: 1 });
  expect(checkRemoteAddress({ path: "/run/x.sock" })).toEqual({ path: "/run/x.sock" });
  expect(() => checkRemoteAddress({ host: "h", port: 0 })).toThrow(
    "nobody can connect to port 0 of h; only where one listens the system chooses one",
  );
  expect(() => checkRemoteAddress({ host: "h", port: -1 })).toThrow(UsageError);
});

describe("a path", () => {
  test("stands alone: with a host or a port nobody knows which of the two is meant", () => {
    for (const more of [{ host: "h" }, { port: 1 }, { host: "h", port: 1 }]) {
      const address: unknown = { path: "/run/x.sock", ...more };
      // As a program without types may give it.
      expect(() => checkAddress(address as IpcAddress)).toThrow(
        /^an address of path \/run\/x\.sock has host/,
      );
    }
  });

  test("starts from the working directory unless it is absolute", () => {
    vi.spyOn(process, "cwd").mockReturnValue("/home/ada");
    expect(checkAddress({ path: "/run/x.sock" })).toEqual({ path: "/run/x.sock" });
    expect(checkAddress({ path: "x.sock" })).toEqual({ path: "/home/ada/x.sock" });
    expect(checkAddress({ path: "../x.sock" })).toEqual({ path: "/home/x.sock" });
  });

  test("has at most as many bytes as the system has room for", () => {
    const longest = `/${"x".repeat(pathBytesMax - 1)}`;
    expect(checkAddress({ path: longest })).toEqual({ path: longest });
    expect(() => checkAddress({ path: `${longest}x` })).toThrow(
      `: it has ${pathBytesMax + 1} bytes, and a socket's at most ${pathBytesMax}`,
    );
    expect(() => checkAddress({ path: `/${"é".repeat(60)}` })).toThrow(/: it has 121 bytes, /);
  });

  test("that is relative is measured with the working directory", () => {
    vi.spyOn(process, "cwd").mockReturnValue(`/${"x".repeat(pathBytesMax - 3)}`);
    expect(checkAddress({ path: "x" })).toEqual({ path: expect.stringMatching(/\/x$/) });
    expect(() => checkAddress({ path: "xx" })).toThrow(UsageError);
  });

  test.each([
    ["", /^path "" cannot be a socket's: it is empty$/],
    ["@brewery", /abstract names are not supported; a file of that name is \.\/@brewery$/],
    ["\0brewery", /abstract names are not supported; a file of that name is \.\/@brewery$/],
    ["/run/a\0b", /no file can have such a name$/],
    ["/run/\ud800", /no file can have such a name$/],
  ])("%j is none", (path, message) => {
    expect(() => checkAddress({ path })).toThrow(UsageError);
    expect(() => checkAddress({ path })).toThrow(message);
  });

  test("is none on Windows, where the error says what to use", () => {
    const platform = Object.getOwnPropertyDescriptor(process, "platform");
    Object.defineProperty(process, "platform", { ...platform, value: "win32" });
    try {
      expect(() => checkAddress({ path: "/run/x.sock" })).toThrow(/on Windows; use TCP/);
    } finally {
      Object.defineProperty(process, "platform", platform ?? {});
    }
  });
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

test("that nobody can connect to an address is told with the address and the cause", () => {
  const cause = new Error("why");
  const error = listenError({ path: "/run/x.sock" }, "it is taken", cause);
  expect(error.message).toBe("cannot take connections at /run/x.sock: it is taken");
  expect(error).toMatchObject({ cause, details: { address: { path: "/run/x.sock" } } });
});
