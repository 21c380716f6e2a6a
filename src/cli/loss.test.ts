import { describe, expect, test } from "vitest";
import { describeLoss } from "./loss.ts";

describe("describeLoss", () => {
  test("the messages of all transports are added up, with the reasons", () => {
    const stats = [
      { dropped: { closed: 2, unclaimed: 7 } },
      { dropped: { closed: 1, aborted: 1 } },
    ];
    expect(describeLoss(stats)).toBe("messages that were not handed over: 4 (1 aborted, 3 closed)");
  });

  test("what arrived and was dropped is no loss of what was sent", () => {
    expect(
      describeLoss([{ dropped: { unclaimed: 1, malformed: 1, duplicate: 1 } }]),
    ).toBeUndefined();
    expect(describeLoss([])).toBeUndefined();
  });
});
