import { describe, expect, test } from "vitest";
import { Interest } from "./interest.ts";

const [one, other] = [{}, {}];

describe("Interest", () => {
  test("says of each change whether it is news", () => {
    const interest = new Interest();
    expect(interest.set("dev.X", one, false)).toBe(false);
    expect(interest.set("dev.X", one, true)).toBe(true);
    expect(interest.set("dev.X", one, true)).toBe(false);
    expect(interest.set("dev.X", other, true)).toBe(true);
    expect(interest.set("dev.X", one, false)).toBe(true);
    expect(interest.set("dev.X", one, false)).toBe(false);
  });

  test("knows what others than a holder want", () => {
    const interest = new Interest();
    expect(interest.isWantedByOthers("dev.X", one)).toBe(false);
    interest.set("dev.X", one, true);
    expect(interest.isWantedByOthers("dev.X", one)).toBe(false);
    expect(interest.isWantedByOthers("dev.X", other)).toBe(true);
    interest.set("dev.X", other, true);
    expect(interest.isWantedByOthers("dev.X", one)).toBe(true);
    interest.set("dev.>", one, true);
    expect(interest.isWantedByOthers("dev.>", other)).toBe(true);
    expect(interest.isWantedByOthers("dev.>", one)).toBe(false);
  });

  test("takes a topic by its name or a pattern, for anybody and for one", () => {
    const interest = new Interest();
    interest.set("dev.X", one, true);
    interest.set("dev.*.json", other, true);
    expect(["dev.X", "dev.a.json", "dev.Y"].map((topic) => interest.takes(topic))).toEqual([
      true,
      true,
      false,
    ]);
    expect(interest.isTakenBy(one, "dev.X")).toBe(true);
    expect(interest.isTakenBy(other, "dev.X")).toBe(false);
    expect(interest.isTakenBy(one, "dev.a.json")).toBe(false);
    expect(interest.isTakenBy(other, "dev.a.json")).toBe(true);
  });

  test("keeps nothing of what nobody wants any more", () => {
    const interest = new Interest();
    for (const target of ["dev.X", "dev.>"]) {
      interest.set(target, one, true);
      interest.set(target, other, true);
      interest.set(target, one, false);
    }
    expect(interest.targets()).toEqual(["dev.X", "dev.>"]);
    for (const target of ["dev.X", "dev.>"]) interest.set(target, other, false);
    expect(interest.targets()).toEqual([]);
    expect(interest.takes("dev.X")).toBe(false);
  });
});
