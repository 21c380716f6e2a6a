import { describe, expect, test } from "vitest";
import { UsageError } from "../errors.ts";
import { formatUrl } from "../io/address.ts";
import { parseGanglionUrl } from "./url.ts";

describe("a pair's URL", () => {
  test.each([
    ["pair://h:1", { host: "h", port: 1 }],
    ["pair://h", { host: "h", port: 5580 }],
    ["PAIR://h:0", { host: "h", port: 0 }],
    ["pair://[::1]:1", { host: "::1", port: 1 }],
    ["pair://*:1", { host: "0.0.0.0", port: 1 }],
    [" pair://h:1\n", { host: "h", port: 1 }],
    ["pair+ipc:///run/x.sock", { path: "/run/x.sock" }],
    ["PAIR+IPC:///run/X.sock", { path: "/run/X.sock" }],
    ["pair+ipc://x.sock", { path: "x.sock" }],
    ["pair+ipc://run/x.sock", { path: "run/x.sock" }],
    ["pair+ipc://../x.sock", { path: "../x.sock" }],
    ["pair+ipc://@x", { path: "@x" }],
    ["pair+ipc:///a b/50%25%3F%23%c3%a9", { path: "/a b/50%?#é" }],
    [" pair+ipc:///run/x.sock\n", { path: "/run/x.sock" }],
  ])("%j names an address", (url, address) => {
    const expected = { kind: "pair", address, options: {} };
    expect(parseGanglionUrl(url)).toEqual({ ...expected, bind: false });
    expect(parseGanglionUrl(`${url.trim()}?bind`)).toEqual({ ...expected, bind: true });
  });

  test("is read as it is written", () => {
    for (const path of ["/run/x.sock", "/a b/50%?#é", "/;,/:@&=+$-_.!~*'()[]"]) {
      const read = parseGanglionUrl(formatUrl("pair", { path }));
      expect(read).toEqual({ kind: "pair", address: { path }, bind: false, options: {} });
    }
  });

  test.each(["pair://h:1", "pair+ipc:///run/x.sock"])("%s takes parameters", (url) => {
    const read = parseGanglionUrl(`${url}?segment=a%20b&bind=true`);
    expect(read).toMatchObject({ bind: true, options: { segment: "a b" } });
    for (const [parameters, message] of [
      ["?bind=no", /: bind takes no value, but is no$/],
      ["?bind&bind", /: it has bind more than once$/],
      ["?segment=", /: its segment has no name$/],
      ["?peers=h:1", /: its parameter peers is not known; known: bind, segment$/],
    ] as const) {
      expect(() => parseGanglionUrl(url + parameters)).toThrow(UsageError);
      expect(() => parseGanglionUrl(url + parameters)).toThrow(message);
    }
  });

  test.each([
    ["pair:///run/x.sock", /a pair URL is pair:\/\/HOST:PORT and parameters, nothing else$/],
    ["pair://", /it names no host: pair:\/\/HOST:PORT$/],
    ["pair://h:65536", /: its port is 65536; a port is a number from 0 to 65535$/],
    ["pair://[::1]:99999?bind", /: its port is 99999; a port is a number from 0 to 65535$/],
    ["pair://h:-1", /: its port is -1; a port is a number from 0 to 65535$/],
    ["pair://h:http", /: its port is http; a port is a number from 0 to 65535$/],
    ["pair://h:1&bind", /: its port is 1&bind; a port is a number from 0 to 65535$/],
    ["pair://h:1,2", /: its port is 1,2; a port is a number from 0 to 65535$/],
    ["pair://::1:5580", /: an IPv6 address stands in brackets: pair:\/\/\[::1\]:PORT$/],
    ["pair://[::1", /: an IPv6 address stands in brackets: pair:\/\/\[::1\]:PORT$/],
    ["pair://a b", /: it names no host: pair:\/\/HOST:PORT$/],
    ["pair://a b:65535", /: it names no host: pair:\/\/HOST:PORT$/],
    ["pair+ipc://", /it names no path: pair\+ipc:\/\/\/PATH$/],
    ["pair+ipc://?bind", /it names no path: pair\+ipc:\/\/\/PATH$/],
    ["pair+ipc:/run/x.sock", /a pair\+ipc URL is pair\+ipc:\/\/\/PATH and parameters; # in /],
    ["pair+ipc:///run/#1", /a pair\+ipc URL is pair\+ipc:\/\/\/PATH and parameters; # in /],
    ["pair+ipc:///run/50%", /% in its path begins no escaped character; itself it is %25$/],
  ])("%s says what would be right", (url, message) => {
    expect(() => parseGanglionUrl(url)).toThrow(UsageError);
    expect(() => parseGanglionUrl(url)).toThrow(message);
  });
});

describe("the URL of a pub/sub node", () => {
  const h1 = { host: "h", port: 1 };

  test.each([
    ["pubsub://h:1", h1, []],
    ["pubsub://h", { host: "h", port: 5570 }, []],
    ["pubsub://h:1?peers=h:1", h1, [h1]],
    [
      "pubsub://h:1?peers=h,[::1]:2",
      h1,
      [
        { host: "h", port: 5570 },
        { host: "::1", port: 2 },
      ],
    ],
    ["pubsub+ipc:///run/x.sock", { path: "/run/x.sock" }, []],
    ["pubsub+ipc:///a?peers=/b,c", { path: "/a" }, [{ path: "/b" }, { path: "c" }]],
    ["pubsub+ipc:///a?peers=/50%25", { path: "/a" }, [{ path: "/50%" }]],
  ])("%j names where it publishes, and its peers", (url, bind, peers) => {
    expect(parseGanglionUrl(url)).toEqual({ kind: "pubsub", bind, peers, options: {} });
  });

  test.each([
    ["pubsub://h:1?bind", /: its parameter bind is not known; known: peers, segment$/],
    ["pubsub://h:1?peers=", /: one of its peers is empty; a comma is between two$/],
    ["pubsub://h:1?peers=a:1,,b:2", /: one of its peers is empty; a comma is between two$/],
    ["pubsub://h:1?peers=pubsub://a:1", /: its peer pubsub:\/\/a:1 is not HOST:PORT$/],
    ["pubsub://h:1?peers=/run/x.sock", /: its peer \/run\/x.sock is not HOST:PORT$/],
  ])("%s says what would be right", (url, message) => {
    expect(() => parseGanglionUrl(url)).toThrow(UsageError);
    expect(() => parseGanglionUrl(url)).toThrow(message);
  });
});

test.each([
  "ipc:///run/x.sock",
  "tcp://h:1",
  "constructor://h",
  "",
  "h",
  "h:1",
  "[::1]:1",
  "//h:1",
])("%j begins with none of the schemes, which are named", (text) => {
  const known = "pair://, pair+ipc://, pubsub://, ";
  expect(() => parseGanglionUrl(text)).toThrow(
    `"${text}" is not the URL of a ganglion: it begins with none of: ${known}`,
  );
});

describe("a multicast node's URL", () => {
  test.each([
    ["multicast://", {}],
    ["multicast://239.255.0.0/16", { network: "239.255.0.0/16" }],
    ["multicast://239.255.0.0/16:5560", { network: "239.255.0.0/16", port: 5560 }],
    ["MULTICAST://239.1.0.0/24:1/", { network: "239.1.0.0/24", port: 1 }],
    ["multicast://[ff15::]/112:5560", { network: "ff15::/112", port: 5560 }],
    ["multicast://?interface=lo&segment=a%20b", { interface: "lo", segment: "a b" }],
    [
      "multicast://239.255.0.0/16:5560?interface=127.0.0.1",
      { network: "239.255.0.0/16", port: 5560, interface: "127.0.0.1" },
    ],
  ])("%j says %j", (url, options) => {
    const expected = { kind: "multicast", keyFile: undefined, options };
    expect(parseGanglionUrl(url)).toEqual(expected);
  });

  test("names the file of a key, never the key", () => {
    expect(parseGanglionUrl("multicast://?key=/etc/plexo%20keys/a.key")).toMatchObject({
      keyFile: "/etc/plexo keys/a.key",
    });
  });

  test.each([
    [
      "multicast://239.255.0.0",
      /239\.255\.0\.0 is no network with a prefix, and a port if need be/,
    ],
    ["multicast://239.255.0.0:5560", /is no network with a prefix/],
    ["multicast://user@239.255.0.0/16", /is no network with a prefix/],
    ["multicast://239.255.0.0/16/x", /is no network with a prefix/],
    ["multicast://ff15::/112", /is no network with a prefix.* \[ff15::\]\/112 for IPv6$/],
    [
      "multicast://239.255.0.0/16:0",
      /its port is 0; a port of groups is a number from 1 to 65535$/,
    ],
    ["multicast://239.255.0.0/16:x", /its port is x; a port of groups is a number from 1/],
    ["multicast://#x", /a multicast URL is multicast:\/\/239/],
    ["multicast://?interface=", /its interface has no name; leave it out/],
    ["multicast://?key=", /its key names no file$/],
    ["multicast://?bind", /its parameter bind is not known; known: interface, key, segment$/],
  ])("%j is refused", (url, message) => {
    expect(() => parseGanglionUrl(url)).toThrow(UsageError);
    expect(() => parseGanglionUrl(url)).toThrow(message);
  });
});
