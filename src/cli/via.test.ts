import { describe, expect, test } from "vitest";
import { chooseVia } from "./via.ts";

describe("chooseVia", () => {
  test.each([
    ["pair://h:1", ["pair://h:1"]],
    ["pair://h:1 pair://h:2?bind", ["pair://h:1", "pair://h:2?bind"]],
    [" pair://h:1,\n pair://h:2,,nats://h:3, ", ["pair://h:1", "pair://h:2", "nats://h:3"]],
    ["pubsub://h:1?peers=a:1,b:2,pair://h:2", ["pubsub://h:1?peers=a:1,b:2", "pair://h:2"]],
    [
      "pubsub+ipc:///a?peers=/b,/c,pubsub://[::1]:1?peers=[::1]:2,h.example,pair://h",
      ["pubsub+ipc:///a?peers=/b,/c", "pubsub://[::1]:1?peers=[::1]:2,h.example", "pair://h"],
    ],
    [
      "pair+ipc:///a,b.sock?bind,pair+ipc://c.sock",
      ["pair+ipc:///a,b.sock?bind", "pair+ipc://c.sock"],
    ],
    ["h:1,h:2", ["h:1,h:2"]],
  ])("PLEXO_VIA %j names %j", (PLEXO_VIA, urls) => {
    expect(chooseVia([], { PLEXO_VIA })).toEqual(urls);
  });

  test("URLs given as options take its place", () => {
    expect(chooseVia(["pair://h:1"], { PLEXO_VIA: "pair://h:2" })).toEqual(["pair://h:1"]);
  });

  test.each([{}, { PLEXO_VIA: "" }, { PLEXO_VIA: " , " }])(
    "with none, %j, it is multicast",
    (env) => {
      expect(chooseVia([], env)).toEqual(["multicast://239.255.0.0/16:5560"]);
    },
  );
});
