import { expect, test } from "vitest";
import { EchoGuard } from "./echo-guard.ts";

test("each copy that was sent is recognised once when it comes back", () => {
  const guard = new EchoGuard();
  guard.sent("dev.X.json", 7, { nowMs: 0, validMs: 100 });
  guard.sent("dev.X.json", 7, { nowMs: 1, validMs: 100 });
  expect(guard.isEcho("dev.X.json", 7, 50)).toBe(true);
  expect(guard.isEcho("dev.X.json", 7, 50)).toBe(true);
  expect(guard.isEcho("dev.X.json", 7, 50)).toBe(false);
});

test("what was never sent, or on another topic, is no echo", () => {
  const guard = new EchoGuard();
  guard.sent("dev.X.json", 7, { nowMs: 0, validMs: 100 });
  expect(guard.isEcho("dev.X.json", 8, 1)).toBe(false);
  expect(guard.isEcho("dev.Y.json", 7, 1)).toBe(false);
});

test("after its time a copy is expected no more, nor added to later ones", () => {
  const guard = new EchoGuard();
  guard.sent("dev.X.json", 7, { nowMs: 0, validMs: 100 });
  expect(guard.isEcho("dev.X.json", 7, 100)).toBe(false);
  guard.sent("dev.X.json", 7, { nowMs: 200, validMs: 100 });
  expect(guard.isEcho("dev.X.json", 7, 201)).toBe(true);
  expect(guard.isEcho("dev.X.json", 7, 202)).toBe(false);
});

test("4,096 payloads are remembered; then the oldest is forgotten", () => {
  const guard = new EchoGuard();
  for (let digest = 0; digest < 4_097; digest++)
    guard.sent("dev.X.json", digest, { nowMs: 0, validMs: 100 });
  expect(guard.isEcho("dev.X.json", 0, 1)).toBe(false);
  expect(guard.isEcho("dev.X.json", 1, 1)).toBe(true);
  expect(guard.isEcho("dev.X.json", 4_096, 1)).toBe(true);
});
