import { expect, test } from "vitest";
import { Tally } from "./tally.ts";

test("counts within the second that begins with the first, then from 0", () => {
  const tally = new Tally();
  expect(tally.at(0)).toBe(0);
  tally.add(100);
  tally.add(1_100);
  expect(tally.at(1_100)).toBe(2);
  expect(tally.at(1_101)).toBe(0);
  tally.add(1_101);
  expect(tally.at(2_101)).toBe(1);
});
