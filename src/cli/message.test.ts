import { Buffer } from "node:buffer";
import { describe, expect, test } from "vitest";
import { printMessage } from "./message.ts";

const arrival = new Date(Date.UTC(2031, 4, 6, 7, 8, 9, 10));

describe("printMessage", () => {
  test("time, topic, id and value stand in this order", () => {
    const id = { origin: 0x9f86d08n, sequence: 12, hops: 1 };
    const bytes = Buffer.from('{"celsius": 11.40}');
    expect(printMessage(bytes, { topic: "dev.T.json", id }, arrival)).toBe(
      '{"time":"2031-05-06T07:08:09.010Z","topic":"dev.T.json",' +
        '"id":"0000000009f86d08-12","value":{"celsius": 11.40}}',
    );
  });

  test("without an id there is no member of that name", () => {
    expect(printMessage(Buffer.from("a"), { topic: "dev.T.bytes", id: undefined }, arrival)).toBe(
      '{"time":"2031-05-06T07:08:09.010Z","topic":"dev.T.bytes","hex":"61"}',
    );
  });

  test("a topic may be anything its sender wrote", () => {
    const topic = '"\n\u009b.json';
    const line = printMessage(Buffer.from("1"), { topic, id: undefined }, arrival);
    expect(JSON.parse(line)).toEqual({ time: arrival.toISOString(), topic, value: 1 });
    expect(line).not.toMatch(/[\n\u009b]/);
  });
});
