import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bytesOf, golden, hexOf, textHex } from "../../../test/zmtp/recorder.ts";
import { PeerError, UsageError } from "../../errors.ts";
import {
  encodeCommand,
  encodeError,
  encodePing,
  encodePong,
  parseCommand,
  parseError,
  parsePing,
  parsePong,
} from "./command.ts";
import { encodeMetadata } from "./metadata.ts";

const frames: { note: string; hex: string }[] = JSON.parse(golden("zmtp-small-frames.json")).frames;

function frameOfLibzmq(note: string): string {
  const found = frames.find((frame) => frame.note.startsWith(note));
  if (found === undefined) throw new Error(`no frame "${note}"`);
  return found.hex;
}

describe("commands, against frames of libzmq 4.3.4", () => {
  test("READY", () => {
    for (const type of ["PAIR", "SUB", "PUB", "XPUB"]) {
      const ready = encodeCommand("READY", encodeMetadata(type, undefined));
      expect(hexOf(ready)).toBe(frameOfLibzmq(`READY of a${type === "XPUB" ? "n" : ""} ${type}`));
    }
  });

  test("ERROR", () => {
    expect(hexOf(encodeError("400"))).toBe(frameOfLibzmq("ERROR sent"));
    expect(hexOf(encodeError("500"))).toBe(frameOfLibzmq("ERROR, ZAP 500"));
  });

  test("PING and PONG", () => {
    expect(hexOf(encodePing(2_000, new Uint8Array(0)))).toBe(frameOfLibzmq("PING with"));
    expect(hexOf(encodePong(bytesOf(textHex("abc"))))).toBe(frameOfLibzmq("PONG answering PING"));
  });

  test("every one of them parses", () => {
    const names = frames
      .map((frame) => bytesOf(frame.hex))
      .filter((frame) => frame[0] === 4)
      .map((frame) => parseCommand(frame.subarray(2)).name);
    expect(new Set(names)).toEqual(
      new Set(["READY", "ERROR", "PING", "PONG", "SUBSCRIBE", "CANCEL"]),
    );
  });
});

describe("RFC 37, Formal Grammar: commands", () => {
  test("a body of more than 255 bytes has the long form", () => {
    const frame = encodeCommand("READY", new Uint8Array(250));
    expect(hexOf(frame.subarray(0, 15))).toBe(`06000000000000010005${textHex("READY")}`);
    expect(frame.length).toBe(9 + 256);
  });

  test("a name must not be empty, must fit and has letters only", () => {
    expect(() => parseCommand(bytesOf(""))).toThrow(/at least 1/);
    expect(() => parseCommand(bytesOf("00"))).toThrow(/at least 1/);
    expect(() => parseCommand(bytesOf("0552454144"))).toThrow(/has to fit/);
    expect(() => parseCommand(bytesOf("0341002d"))).toThrow(/other characters than letters/);
    expect(() => parseCommand(bytesOf("00"))).toThrow(PeerError);
  });
});

describe("RFC 37, Connection Heartbeating: contents", () => {
  const context16 = new Uint8Array(16).fill(7);

  test("a TTL is in tenths of a second, rounded up", () => {
    expect(parsePing(bytesOf("000f"))).toEqual({ ttlMs: 1_500, context: new Uint8Array(0) });
    expect(hexOf(encodePing(1, new Uint8Array(0)))).toBe("04070450494e470001");
    expect(hexOf(encodePing(6_553_500, new Uint8Array(0)))).toBe("04070450494e47ffff");
  });

  test("a context has 16 bytes at most, in and out", () => {
    const tooLong = new Uint8Array(17);
    expect(parsePing(bytesOf(`0000${hexOf(context16)}`)).context).toEqual(context16);
    expect(parsePong(context16)).toEqual(context16);
    expect(() => parsePing(bytesOf(`0000${hexOf(tooLong)}`))).toThrow(
      "PING context of 17 bytes, at most 16 taken",
    );
    expect(() => parsePong(tooLong)).toThrow("PONG context of 17 bytes, at most 16 taken");
    expect(() => encodePing(0, tooLong)).toThrow(UsageError);
  });

  test("a PING without its whole TTL is refused", () => {
    expect(() => parsePing(bytesOf("00"))).toThrow("PING with 1 bytes, at least 2 needed");
  });
});

describe("RFC 37, The NULL Security Mechanism: ERROR", () => {
  test("a reason that is cut off is refused, also when there is none at all", () => {
    expect(parseError(bytesOf(`03${textHex("400")}`))).toBe("400");
    expect(parseError(bytesOf("00"))).toBe("");
    expect(() => parseError(bytesOf("0334"))).toThrow(/claims a reason of 3 bytes/);
    expect(() => parseError(bytesOf(""))).toThrow(PeerError);
  });

  test("whatever text is given, the reason is at most 255 visible characters", () => {
    expect(parseError(parseCommand(encodeError("no PAIR, é").subarray(2)).data)).toBe("no_PAIR,__");
    fc.assert(
      fc.property(fc.uint16Array({ maxLength: 400 }), (units) => {
        const text = String.fromCharCode(...units);
        const frame = encodeError(text);
        const headBytes = frame[0] === 4 ? 2 : 9;
        const reason = parseError(parseCommand(frame.subarray(headBytes)).data);
        expect(reason).toMatch(/^[!-~]{0,255}$/);
        expect(reason.length).toBe(Math.min(text.length, 255));
      }),
    );
  });
});
