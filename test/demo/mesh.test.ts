import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Mesh, takesSockets } from "../../demo/launch/mesh.ts";
import { parseGanglionUrl } from "../../src/ganglion/url.ts";

const names = ["load", "alerts", "logger"];

describe("Mesh", () => {
  test("each publishes at its own path, and listens to all the others", () => {
    const mesh = Mesh.atPaths(names, "/tmp/demo");
    expect(mesh.urlOf("alerts")).toBe(
      "pubsub+ipc:///tmp/demo/alerts.sock?peers=/tmp/demo/load.sock,/tmp/demo/logger.sock",
    );
  });

  test.each(["/tmp/50% off", "/tmp/a+b", "/tmp/who?", "/tmp/#1", "/tmp/salt & pepper", "/tmp/ä"])(
    "the paths in %s are the same in a URL",
    (folder) => {
      expect(parseGanglionUrl(Mesh.atPaths(names, folder).urlOf("load"))).toMatchObject({
        bind: { path: join(folder, "load.sock") },
        peers: [{ path: join(folder, "alerts.sock") }, { path: join(folder, "logger.sock") }],
      });
    },
  );

  test("over TCP each has a port of its own", async () => {
    const mesh = await Mesh.atPorts(names);
    const urls = names.map((name) => parseGanglionUrl(mesh.urlOf(name)));
    const ports = urls.map((url) => (url.kind === "pubsub" ? url.bind.port : undefined));
    expect(new Set(ports).size).toBe(3);
    expect(urls[0]).toMatchObject({
      peers: [
        { host: "127.0.0.1", port: ports[1] },
        { host: "127.0.0.1", port: ports[2] },
      ],
    });
  });

  test("one who is no part of it can listen to one who is", async () => {
    expect(Mesh.atPaths(names, "/tmp/demo").urlToHear("load")).toBe(
      "pubsub+ipc:///tmp/demo/visitor.sock?peers=/tmp/demo/load.sock",
    );
    expect((await Mesh.atPorts(names)).urlToHear("load")).toMatch(
      /^pubsub:\/\/127\.0\.0\.1:0\?peers=127\.0\.0\.1:2\d{4}$/,
    );
  });

  test("who is no part of it has no URL", () => {
    expect(() => Mesh.atPaths(names, "/tmp/demo").urlOf("memory")).toThrow(
      "memory is no part of the mesh",
    );
  });
});

test("sockets are not on Windows, and not where their paths would be too long or have commas", () => {
  expect(takesSockets("/tmp/demo", "linux")).toBe(true);
  expect(takesSockets("/tmp/demo", "win32")).toBe(false);
  expect(takesSockets(`/tmp/${"a".repeat(80)}`, "darwin")).toBe(false);
  expect(takesSockets("/tmp/a,b", "linux")).toBe(false);
});
