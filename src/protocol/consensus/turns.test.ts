import { describe, expect, test } from "vitest";
import { Turns } from "./turns.ts";

describe("turns", () => {
  test("first addresses go before moves, each in the order in which they came", () => {
    const turns = new Turns();
    turns.addLater("dev.Move", 0);
    turns.addFirst("dev.A");
    turns.addFirst("dev.B");
    const given = [turns.shift(1), turns.shift(1), turns.shift(1), turns.shift(1)];
    expect(given).toEqual(["dev.A", "dev.B", "dev.Move", undefined]);
  });

  test("one whose time has not come is not given its turn, and says when it can be", () => {
    const turns = new Turns();
    turns.addLater("dev.Late", 500);
    turns.addLater("dev.Soon", 100);
    expect(turns.deadlineMs).toBe(100);
    expect(turns.shift(99)).toBeUndefined();
    expect(turns.shift(100)).toBe("dev.Soon");
    expect(turns.shift(100)).toBeUndefined();
    expect(turns.deadlineMs).toBe(500);
  });

  test("one that is deleted waits no more", () => {
    const turns = new Turns();
    turns.addFirst("dev.A");
    turns.addLater("dev.B", 10);
    turns.delete("dev.A");
    turns.delete("dev.B");
    expect(turns.size).toBe(0);
    expect(turns.has("dev.A") || turns.has("dev.B")).toBe(false);
    expect(turns.shift(20)).toBeUndefined();
  });
});
