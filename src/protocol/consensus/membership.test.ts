import { describe, expect, test } from "vitest";
import { heartbeat, legacyHeartbeat } from "../../../test/support/consensus-messages.ts";
import { Membership } from "./membership.ts";

function membership(nodesMax = 10): Membership {
  return new Membership(5n, nodesMax);
}

describe("R3: the view", () => {
  test("R3: it is the voters heard, this node among them once it votes, in order", () => {
    const members = membership();
    members.hear(heartbeat(9n), 0);
    members.hear(heartbeat(3n), 0);
    members.hear(heartbeat(7n, { voter: false }), 0);
    members.hear(legacyHeartbeat(8n), 0);
    expect(members.voters).toEqual([3n, 9n]);
    members.becomeVoter();
    expect(members.voters).toEqual([3n, 5n, 9n]);
    expect([members.size, members.legacyCount]).toEqual([4, 1]);
  });

  test("R3: of many the nine with the lowest ids make the view, and twice as many answer", () => {
    const members = membership(100);
    for (let id = 10n; id < 40n; id += 1n) members.hear(heartbeat(id), 0);
    expect(members.view).toEqual([10n, 11n, 12n, 13n, 14n, 15n, 16n, 17n, 18n]);
    const { view } = members;
    members.hear(heartbeat(50n), 0);
    expect(members.view).toBe(view);
    members.becomeVoter();
    expect(members.view).toEqual([5n, ...view.slice(0, 8)]);
    expect(members.isElector).toBe(true);
    const late = new Membership(99n, 100);
    for (let id = 10n; id < 40n; id += 1n) late.hear(heartbeat(id), 0);
    late.becomeVoter();
    expect([late.isElector, late.view.includes(99n)]).toEqual([false, false]);
  });

  test("R3: who is silent for 3.5 of its own intervals is in view no more", () => {
    const members = membership();
    members.hear(heartbeat(2n, { intervalMs: 100 }), 0);
    members.hear(heartbeat(3n, { intervalMs: 2_000 }), 0);
    expect(members.deadlineMs).toBe(350);
    members.wake(349);
    expect(members.voters).toEqual([2n, 3n]);
    members.wake(350);
    expect(members.voters).toEqual([3n]);
    expect(members.deadlineMs).toBe(7_000);
  });

  test("R3: a view of the same voters is the same array, one of others is not", () => {
    const members = membership();
    members.hear(heartbeat(2n), 0);
    const before = members.view;
    const { version } = members;
    members.hear(heartbeat(2n), 100);
    members.hear(heartbeat(3n, { voter: false }), 100);
    expect(members.view).toBe(before);
    expect(members.version).not.toBe(version);
    members.hear(heartbeat(3n), 200);
    expect(members.view).not.toBe(before);
  });

  test("an interval beyond sense is taken for the nearest within", () => {
    const members = membership();
    members.hear(heartbeat(2n, { intervalMs: 1 }), 0);
    members.wake(34);
    expect(members.size).toBe(1);
    members.wake(35);
    expect(members.size).toBe(0);
  });

  test("a node of pyplexo is waited for as long as its default interval asks", () => {
    const members = membership();
    members.hear(legacyHeartbeat(2n), 0);
    members.wake(104_999);
    expect(members.legacyCount).toBe(1);
    members.wake(105_000);
    expect(members.legacyCount).toBe(0);
  });
});

describe("goodbyes", () => {
  test("who says goodbye is gone at once, and its late heartbeats do not bring it back", () => {
    const members = membership();
    expect(members.hear(heartbeat(2n), 0)).toBe("new");
    expect(members.hear(heartbeat(2n, { leaving: true }), 10)).toBe("left");
    expect(members.hear(heartbeat(2n), 20)).toBe("refused");
    expect(members.voters).toEqual([]);
    expect(members.hear(heartbeat(2n), 60_010)).toBe("new");
  });
});

describe("L2: room", () => {
  test("L2: no more nodes are followed than there is room for; those there stay", () => {
    const members = membership(2);
    expect([1n, 2n, 3n].map((id) => members.hear(heartbeat(id), 0))).toEqual([
      "new",
      "new",
      "refused",
    ]);
    expect(members.hear(heartbeat(1n), 0)).toBe("known");
    members.hear(heartbeat(1n, { leaving: true }), 0);
    expect(members.hear(heartbeat(3n), 0)).toBe("new");
  });
});
