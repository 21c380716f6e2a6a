import { describe, expect, test } from "vitest";
import { stringCodec } from "../codec/string.ts";
import { UsageError } from "../errors.ts";
import { Namespace } from "../namespace.ts";
import { Neuron } from "../neuron.ts";
import { Filter } from "./filter.ts";

const note = new Neuron("Note", new Namespace("dev"), stringCodec);

describe("a filter", () => {
  test("lets everything pass where nothing is said", () => {
    expect(new Filter({}).passes("any.thing.json")).toBe(true);
  });

  test("lets only the relevant pass, by neuron or by pattern", () => {
    const filter = new Filter({ relevant: [note, "dev.brewery.>"] });
    expect(filter.passes(note.name)).toBe(true);
    expect(filter.passes("dev.brewery.Beer.json")).toBe(true);
    expect(filter.passes("dev.Beer.json")).toBe(false);
    expect(new Filter({ relevant: [] }).passes(note.name)).toBe(false);
  });

  test("lets nothing pass that is ignored, relevant or not", () => {
    const filter = new Filter({ relevant: ["dev.>"], ignored: [note, "dev.*.json"] });
    expect(filter.passes(note.name)).toBe(false);
    expect(filter.passes("dev.Beer.json")).toBe(false);
    expect(filter.passes("dev.Beer.text")).toBe(true);
  });

  test("lets only its codecs pass, given as codecs or by name", () => {
    const filter = new Filter({ codecs: [stringCodec, "json"] });
    expect(filter.passes(note.name)).toBe(true);
    expect(filter.passes("dev.Beer.json")).toBe(true);
    expect(filter.passes("dev.json.text")).toBe(false);
  });

  test("refuses patterns that are none", () => {
    expect(() => new Filter({ relevant: ["dev..>"] })).toThrow(UsageError);
    expect(() => new Filter({ ignored: ["dev.>.x"] })).toThrow(UsageError);
  });
});
