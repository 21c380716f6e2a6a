import process from "node:process";
import { expect, test, vi } from "vitest";
import { textNeuron } from "../test/support/neurons.ts";
import { microtasks } from "../test/support/notebook.ts";
import { onAbort } from "./abort.ts";
import { InprocGanglion } from "./ganglion/inproc.ts";

test("many wait for one signal by one listener, which goes with the last of them", () => {
  const { signal } = new AbortController();
  const added = vi.spyOn(signal, "addEventListener");
  const removed = vi.spyOn(signal, "removeEventListener");
  const undo = Array.from({ length: 20 }, () => onAbort(signal, () => {}));
  expect(added).toHaveBeenCalledTimes(1);
  for (const each of undo.slice(1)) each();
  expect(removed).not.toHaveBeenCalled();
  undo[0]?.();
  undo[0]?.();
  expect(removed).toHaveBeenCalledTimes(1);
  onAbort(signal, () => {});
  expect(added).toHaveBeenCalledTimes(2);
});

test("at the signal all act that still wait, in their order, once", () => {
  const controller = new AbortController();
  const acted: string[] = [];
  onAbort(controller.signal, () => {
    acted.push("first");
    undoThird();
  });
  onAbort(controller.signal, () => acted.push("second"));
  const undoThird = onAbort(controller.signal, () => acted.push("third"));
  controller.abort();
  controller.signal.dispatchEvent(new Event("abort"));
  expect(acted).toEqual(["first", "second"]);
});

test("they act behind another listener of the signal, too", () => {
  const controller = new AbortController();
  const acted: string[] = [];
  controller.signal.addEventListener("abort", () => acted.push("another"));
  onAbort(controller.signal, () => acted.push("ours"));
  controller.abort();
  expect(acted).toEqual(["another", "ours"]);
});

test("a warning about too many listeners comes from no number of reactants and waits", async () => {
  const controller = new AbortController();
  const { signal } = controller;
  const warnings: Error[] = [];
  const listener = (warning: Error): void => void warnings.push(warning);
  process.on("warning", listener);
  const ganglion = new InprocGanglion();
  const text = textNeuron();
  const waits: Promise<void>[] = [];
  for (let index = 0; index < 20; index++) {
    ganglion.react(text, () => new Promise(() => {}), { signal, queue: { limit: 20 } });
    waits.push(ganglion.ready(text, { receivers: 100, signal }));
  }
  for (let index = 0; index < 40; index++) waits.push(ganglion.transmit(text, "ale", { signal }));
  await microtasks();
  process.off("warning", listener);
  expect(warnings).toEqual([]);
  controller.abort();
  await Promise.allSettled(waits);
  await ganglion.close({ lingerMs: 0 });
});
