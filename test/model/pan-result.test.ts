import { expect, test } from "vitest";
import { readPanResult } from "./pan-result.ts";

/** As Spin 6.5.2 prints it, without what is not read. */
const complete = `
(Spin Version 6.5.2 -- 6 December 2019)
State-vector 84 byte, depth reached 59, errors: 0
   313731 states, stored
  3173419 states, matched
  161.484	total actual memory usage

pan: elapsed time 2.2 seconds
`;

test("a search that visited all states is complete", () => {
  expect(readPanResult(complete)).toEqual({
    ending: "complete",
    detail: "",
    states: 313_731,
    depth: 59,
    memoryMb: 161.484,
  });
});

test("large counts are read in the form that Spin gives them", () => {
  const text = complete.replace("   313731 states", "1.1821282e+08 states");
  expect(readPanResult(text).states).toBe(118_212_820);
});

test("a failed assertion is shown", () => {
  const text = `pan:1: assertion violated ((1!=1)|| !(1)) (at depth 40)
pan: wrote address-agreement.pml.trail

Warning: Search not completed
State-vector 84 byte, depth reached 40, errors: 1
       17 states, stored
`;
  expect(readPanResult(text)).toMatchObject({ ending: "violated", detail: "((1!=1)|| !(1))" });
});

test.each([
  "error: max search depth too small",
  "pan: reached -DMEMLIM bound",
  "pan: out of memory",
])("a search that met a limit proves nothing, though it counts no error: %s", (complaint) => {
  const text = `${complaint}\n\nWarning: Search not completed\n${complete}`;
  expect(readPanResult(text)).toMatchObject({ ending: "cut short", detail: complaint });
});

test("a search that was stopped proves nothing", () => {
  expect(readPanResult(`Warning: Search not completed\n${complete}`).ending).toBe("cut short");
});

test("without any states nothing is proved", () => {
  expect(readPanResult("errors: 0\n").ending).toBe("cut short");
});
