import { describe, expect, test } from "vitest";
import { audit } from "../../demo/accounts/audit.ts";
import { Mesh } from "../../demo/launch/mesh.ts";
import type { Alert } from "../../demo/types.ts";
import { headingOf } from "../../demo/view/heading.ts";
import { type Line, lineText } from "../../demo/view/line.ts";
import { PlainScreen } from "../../demo/view/plain-screen.ts";
import { bytesText, rateText, shareText } from "../../demo/view/quantity.ts";
import { Scene } from "../../demo/view/scene.ts";
import { sparkline } from "../../demo/view/sparkline.ts";
import { summaryOf } from "../../demo/view/summary.ts";
import {
  alertText,
  loadText,
  memoryText,
  networkText,
  temperatureText,
} from "../../demo/view/wording.ts";

const stamp = { sender: "load-1", number: 1, at: "2020-01-01T00:00:00.000Z" };
const alert: Alert = {
  ...stamp,
  about: "load",
  rule: "change",
  value: 0.55,
  reference: 0.12,
  cause: { sender: "load-1", number: 7 },
};

function plain(lines: readonly Line[]): string {
  return lines.map((line) => lineText(line, { colours: false, columns: 200 })).join("\n");
}

describe("quantities", () => {
  test.each([
    [0, "0 B"],
    [999, "999 B"],
    [1_000, "1.0 kB"],
    [999_949, "999.9 kB"],
    [999_950, "1.0 MB"],
    [25_276_502_016, "25.3 GB"],
    [3e21, "3000000.0 PB"],
  ])("%d bytes are %s", (bytes, text) => {
    expect(bytesText(bytes)).toBe(text);
  });

  test("rates and shares", () => {
    expect(rateText(3_100)).toBe("3.1 kB/s");
    expect(shareText(0.0394)).toBe("3.9 %");
  });
});

describe("wording", () => {
  test("a reading in words", () => {
    expect(loadText({ ...stamp, busy: 0.123, cores: 4, loadAverage: 0.5 })).toBe(
      "12.3 % of 4 cores, load average 0.50",
    );
    expect(loadText({ ...stamp, busy: 0, cores: 4 })).toBe("0.0 % of 4 cores");
    expect(memoryText({ ...stamp, usedBytes: 5e8, totalBytes: 8e9 })).toBe("500.0 MB of 8.0 GB");
    const traffic = { receivedBytesPerSecond: 10, sentBytesPerSecond: 2_000, busiest: "eth0" };
    expect(networkText({ ...stamp, ...traffic, receivedBytes: 1, sentBytes: 1 })).toBe(
      "10 B/s in, 2.0 kB/s out (eth0)",
    );
  });

  test("of several places the warmest is told", () => {
    const places = [
      { name: "acpitz", celsius: 27.8 },
      { name: "x86_pkg_temp", celsius: 71 },
    ];
    expect(temperatureText({ ...stamp, places })).toBe("71.0 °C at x86_pkg_temp, warmest of 2");
    expect(temperatureText({ ...stamp, places: places.slice(0, 1) })).toBe("27.8 °C at acpitz");
  });

  test("an alert in words, in the unit of what it is about", () => {
    expect(alertText(alert)).toBe("load 55.0 %, lately 12.0 %");
    expect(
      alertText({ ...alert, about: "temperature", rule: "limit", value: 90, reference: 85 }),
    ).toBe("temperature 90.0 °C, limit 85.0 °C");
    expect(alertText({ ...alert, about: "network", value: 5e4, reference: 1e3 })).toBe(
      "network 50.0 kB/s, lately 1.0 kB/s",
    );
  });
});

describe("sparkline", () => {
  test("stands on zero, and reaches its top", () => {
    expect(sparkline([0, 50, 100], 100)).toBe("▁▅█");
    expect(sparkline([1, 2, 4])).toBe("▃▅█");
  });

  test("shows values beyond its ends as its ends, zeros as low and nothing as nothing", () => {
    expect(sparkline([-5, 200], 100)).toBe("▁█");
    expect(sparkline([0, 0])).toBe("▁▁");
    expect(sparkline([])).toBe("");
  });
});

describe("lineText", () => {
  const line: Line = ["ab", { text: "cdef", format: "bold" }, "gh"];

  test("cuts at the last column, whatever pieces there are", () => {
    expect(lineText(line, { colours: false, columns: 5 })).toBe("abcde");
    expect(lineText(line, { colours: false, columns: 1 })).toBe("a");
  });

  test("colours do not count as columns", () => {
    expect(lineText(line, { colours: true, columns: 5 })).toBe("ab\u001b[1mcde\u001b[22m");
  });
});

describe("Scene", () => {
  const sight = { about: "load", text: "12 %", value: 0.12, top: 1 };

  test("has one row for each kind, with the latest of it and the values before", () => {
    const scene = new Scene(1_000);
    for (let number = 1; number <= 30; number += 1) {
      scene.reading({ ...sight, value: number }, { ...stamp, number }, 1_000);
    }
    expect(scene.rows).toMatchObject([{ about: "load", sender: "load-1", count: 30, top: 1 }]);
    expect(scene.rows[0]?.values).toEqual(Array.from({ length: 20 }, (_, index) => index + 11));
  });

  test("tells once who has joined, and that it happened midway", () => {
    const scene = new Scene(1_000);
    scene.reading(sight, stamp, 1_500);
    scene.reading(sight, { ...stamp, number: 5 }, 1_600);
    scene.reading({ ...sight, about: "memory" }, { ...stamp, sender: "memory-2" }, 3_000);
    expect(scene.takeNews()).toEqual([
      { kind: "joined", text: "load-1 has joined", afterMs: 500 },
      {
        kind: "joined",
        text: "memory-2 has joined; nothing was reconfigured",
        afterMs: 2_000,
      },
    ]);
    expect(scene.takeNews()).toEqual([]);
  });

  test("tells who has left, and shows its row as left until the next comes", () => {
    const scene = new Scene(0);
    scene.reading(sight, stamp, 0);
    scene.tally({ ...stamp, sent: { a: 2, b: 1 } }, true, 0);
    expect(scene.rows[0]?.hasLeft).toBe(true);
    scene.tally({ ...stamp, sender: "other-3", sent: { a: 1 } }, false, 0);
    expect(scene.takeNews().map(({ text }) => text)).toEqual([
      "load-1 has joined",
      "load-1 has left after 3 messages, all seen here",
      "other-3 has left after 1 message, not all seen here",
    ]);
    scene.reading(sight, { ...stamp, sender: "load-9" }, 0);
    expect(scene.rows).toMatchObject([{ sender: "load-9", hasLeft: false }]);
  });
});

describe("PlainScreen", () => {
  test("prints what happens at once, and the readings of who is there every two seconds", () => {
    const printed: string[] = [];
    const screen = new PlainScreen((line) => printed.push(line));
    const scene = new Scene(0);
    scene.reading({ about: "load", text: "12 %", value: 0.12 }, stamp, 400);
    scene.alert(alert, 450);
    screen.draw(scene, 500);
    screen.draw(scene, 1_999);
    screen.draw(scene, 2_000);
    scene.tally({ ...stamp, sent: { a: 1 } }, true, 2_100);
    screen.draw(scene, 4_100);
    screen.end();
    expect(printed).toEqual([
      "   0.4 s  load-1 has joined",
      "   0.5 s  alert: load 55.0 %, lately 12.0 %",
      "   2.0 s  load: 12 %",
      "   2.1 s  load-1 has left after 1 message, all seen here",
    ]);
  });
});

describe("heading and summary", () => {
  const role = (name: string) => ({ name, file: new URL(`file:///${name}.js`) });

  test("the heading names who takes part, and which sensor there is none of", () => {
    const cast = {
      sensors: [role("load"), role("network")],
      guest: role("memory"),
      derivers: [role("alerts")],
      observers: [role("logger")],
    };
    const here = { network: true, temperature: false };
    const mesh = Mesh.atPaths(["load"], "/tmp/demo");
    const heading = plain(headingOf(cast, here, mesh, { forever: false }));
    expect(heading).toContain("load, network; memory comes midway");
    expect(heading).toContain("alerts, logger");
    expect(heading).toContain("pub/sub, each at a socket of its own in /tmp/demo");
    expect(heading).toContain("no temperature sensor");
    expect(heading).not.toContain("no network sensor");
    expect(heading).not.toContain("plexo echo");
    // Who has time to listen is told how.
    expect(plain(headingOf(cast, here, mesh, { forever: true }))).toContain(
      "plexo echo 'dev.plexo.demo.>' --via 'pubsub+ipc:///tmp/demo/visitor.sock?peers=/tmp/demo/load.sock'",
    );
  });

  test("the summary has a row for each type, and the sums", () => {
    const tally = { ...stamp, sent: { "dev.a.Tide.json": 12, "dev.a.Wind.json": 3 } };
    const receipts = [
      {
        sender: "load-1",
        topic: "dev.a.Tide.json",
        received: 12,
        highest: 12,
        gaps: [],
        repeated: 0,
        disordered: 0,
      },
    ];
    const ledgers = [{ receiver: "logger", topics: ["dev.a.Tide.json"], receipts }];
    const whole = audit([tally], ledgers, { path: "log", lines: 15 });
    expect(plain(summaryOf(whole))).toBe(
      [
        "           sent   logger     lost",
        "Tide         12       12        0",
        "Wind          3        -        0",
        "in all       15       12        0",
        "",
        "All arrived, once each and in order, at everyone who takes it.",
      ].join("\n"),
    );
  });

  test("the summary says what is wrong instead of that all is well", () => {
    const summary = plain(
      summaryOf({ receivers: [], rows: [], complaints: ["logger lacks 1 of 2"] }),
    );
    expect(summary).toContain("logger lacks 1 of 2");
    expect(summary).not.toContain("All arrived");
  });
});
