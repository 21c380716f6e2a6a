import { describe, expect, test } from "vitest";
import {
  bytesOf,
  golden,
  greeting31,
  hexOf,
  slices,
  textHex,
} from "../../../test/zmtp/recorder.ts";
import { PeerError } from "../../errors.ts";
import { encodeGreeting, GreetingReader } from "./greeting.ts";

function read(hex: string, cut = 64): GreetingReader {
  const reader = new GreetingReader();
  for (const piece of slices(bytesOf(hex), [cut])) reader.push(piece);
  if (reader.complete) reader.checkMechanism("NULL");
  return reader;
}

function changed(at: number, byte: number): string {
  const bytes = bytesOf(greeting31);
  bytes[at] = byte;
  return hexOf(bytes);
}

describe("RFC 37, greeting", () => {
  test("is the signature, version 3.1, the mechanism, as-server 0 and zeros", () => {
    expect(hexOf(encodeGreeting("CURVE"))).toBe(
      `ff00000000000000017f0301${textHex("CURVE")}${"00".repeat(47)}`,
    );
  });

  test("equals what the original sends on libzmq 4.3.4", () => {
    const entries: { name: string; hex: string }[] = JSON.parse(golden("wire-frames.json")).entries;
    const sent = entries.find((entry) => entry.name === "zmtp/PAIR/greeting-from-pyplexo");
    expect(hexOf(encodeGreeting("NULL"))).toBe(sent?.hex);
  });

  test("the way it is cut changes nothing, and what follows is left alone", () => {
    for (let cut = 1; cut <= 64; cut++) expect(read(greeting31, cut).complete).toBe(true);
    const reader = new GreetingReader();
    expect(reader.push(bytesOf(`${greeting31}041a05`))).toBe(64);
  });

  test("Version Negotiation: padding, as-server and filler have no significance", () => {
    for (const at of [1, 8, 32, 33, 63]) expect(read(changed(at, 0xff)).complete).toBe(true);
  });

  test("Version Negotiation: 3.0 is told from 3.1, and higher versions are taken as 3.1", () => {
    expect(read(changed(11, 0)).revision).toBe("3.0");
    expect(read(changed(11, 1)).revision).toBe("3.1");
    expect(read(changed(11, 7)).revision).toBe("3.1");
    expect(read(changed(10, 4)).revision).toBe("3.1");
    expect(read(hexOf(bytesOf(changed(10, 4)).fill(0, 11, 12))).revision).toBe("3.1");
  });

  test("Version Negotiation: ZMTP 1.0 and 2.0 are refused by the first octet that tells them", () => {
    expect(() => read("0100")).toThrow(/begins with 0x01, 0xff expected/);
    expect(() => read("ff00000000000000010001")).toThrow(/octet 9 is 0x00.*ZMTP 1\.0/);
    expect(() => read("ff00000000000000017f00")).toThrow(/speaks ZMTP 1\.0, 3\.0 or later/);
    expect(() => read("ff00000000000000017f01", 1)).toThrow(/speaks ZMTP 2\.0, 3\.0 or later/);
    expect(() => read("0100")).toThrow(PeerError);
  });

  test("something else than ZMTP is refused by its first byte", () => {
    expect(() => read(textHex("GET / HTTP/1.1\r\n"))).toThrow(/0x47, 0xff expected/);
  });

  test("Authentication: another mechanism is refused, and both are named", () => {
    for (const mechanism of ["PLAIN", "CURVE", "NULLX", "NUL", "null", ""]) {
      expect(() => read(hexOf(encodeGreeting(mechanism)))).toThrow(
        `the peer uses security mechanism "${mechanism}", this end "NULL"`,
      );
    }
  });

  test("Authentication: all 20 octets of the mechanism are compared", () => {
    expect(() => read(changed(31, 0x41))).toThrow(/NULL\?{15}A/);
  });
});
