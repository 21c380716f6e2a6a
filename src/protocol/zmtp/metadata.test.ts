import { describe, expect, test } from "vitest";
import { bytesOf, hexOf, textHex } from "../../../test/zmtp/recorder.ts";
import { PeerError, UsageError } from "../../errors.ts";
import {
  checkPlexoIdentity,
  encodeMetadata,
  parseMetadata,
  plexoIdentity,
  propertyText,
} from "./metadata.ts";

function property(name: string, value: string): string {
  const size = value.length.toString(16).padStart(8, "0");
  return `${name.length.toString(16).padStart(2, "0")}${textHex(name)}${size}${textHex(value)}`;
}

function identityIn(value: string): unknown {
  return plexoIdentity(parseMetadata(bytesOf(property("X-Plexo", value))));
}

describe("RFC 37, Connection Metadata", () => {
  test("Socket-Type comes first, and X-Plexo with version and instance id if there is one", () => {
    expect(hexOf(encodeMetadata("PAIR", undefined))).toBe(property("Socket-Type", "PAIR"));
    expect(hexOf(encodeMetadata("PUB", { version: "1", instanceId: "00ff" }))).toBe(
      property("Socket-Type", "PUB") + property("X-Plexo", "1/00ff"),
    );
  });

  test("the case of names SHALL NOT be significant", () => {
    const metadata = parseMetadata(bytesOf(property("sOCKET-tYPE", "PAIR")));
    expect(propertyText(metadata, "Socket-Type")).toBe("PAIR");
    expect(propertyText(metadata, "Identity")).toBeUndefined();
  });

  test("values may be empty, and unknown properties are kept", () => {
    const metadata = parseMetadata(bytesOf(property("Identity", "") + property("X-Colour", "red")));
    expect([...metadata.keys()]).toEqual(["identity", "x-colour"]);
    expect(metadata.get("identity")).toEqual(new Uint8Array(0));
  });

  test("a name must be neither empty nor have other characters, and must not come twice", () => {
    expect(() => parseMetadata(bytesOf(property("", "x")))).toThrow(/is empty or has a character/);
    expect(() => parseMetadata(bytesOf(property("Socket Type", "x")))).toThrow(/not allowed/);
    expect(() => parseMetadata(bytesOf(property("A", "") + property("a", "")))).toThrow(
      "property a is given twice",
    );
  });

  test("whatever is cut off is refused, wherever the cut is", () => {
    const whole = bytesOf(property("Socket-Type", "PAIR"));
    for (let length = 1; length < whole.length; length++) {
      expect(() => parseMetadata(whole.subarray(0, length))).toThrow(PeerError);
    }
    expect(parseMetadata(whole.subarray(0, 0)).size).toBe(0);
  });

  test("sixty-four properties are taken, one more is refused", () => {
    const properties = (count: number): Uint8Array =>
      bytesOf(Array.from({ length: count }, (_, index) => property(`A${index}`, "")).join(""));
    expect(parseMetadata(properties(64)).size).toBe(64);
    expect(() => parseMetadata(properties(65))).toThrow("over 64 properties; no more are taken");
  });

  test("a value's size of 2^32-1 is refused without work", () => {
    expect(() => parseMetadata(bytesOf("0141ffffffff00"))).toThrow(/ends within the value of A/);
  });
});

describe("X-Plexo", () => {
  test("is read back as it was written", () => {
    const ours = { version: "1", instanceId: "9af3" };
    expect(plexoIdentity(parseMetadata(encodeMetadata("PAIR", ours)))).toEqual(ours);
  });

  test("what would not be read back is refused", () => {
    checkPlexoIdentity({ version: "1.0", instanceId: "~Az!" });
    for (const part of ["", "a/b", "a?", "a b", "\u00e9", "a\n"]) {
      expect(() => checkPlexoIdentity({ version: part, instanceId: "a" })).toThrow(UsageError);
      expect(() => checkPlexoIdentity({ version: "1", instanceId: part })).toThrow(UsageError);
    }
  });

  test("a peer without it, or that writes it otherwise, is foreign", () => {
    expect(plexoIdentity(parseMetadata(encodeMetadata("PAIR", undefined)))).toBeUndefined();
    for (const value of ["", "1", "1/", "/abc", "1/a/b", "1/a b", "1/\x07"]) {
      expect(identityIn(value)).toBeUndefined();
    }
  });
});
