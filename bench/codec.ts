/** JSON with schema validation against bare JSON.parse of the same bytes. */
import type { Codec } from "plexo";
import { jsonCodec } from "plexo/json";
import { jsonSchemaCodec } from "plexo/json-schema";
import * as z from "zod";
import type { Section } from "./report.ts";
import { type Rival, sideBySide } from "./side-by-side.ts";

const reading = {
  tank: "A17",
  celsius: 11.42,
  pressureHectopascal: 1013.25,
  at: "2026-03-01T12:00:00.000Z",
  flags: ["calibrated", "night"],
};
type Reading = typeof reading;

const zodSchema = z.object({
  tank: z.string(),
  celsius: z.number(),
  pressureHectopascal: z.number(),
  at: z.string(),
  flags: z.array(z.string()),
});

const jsonSchema = {
  type: "object",
  properties: {
    tank: { type: "string" },
    celsius: { type: "number" },
    pressureHectopascal: { type: "number" },
    at: { type: "string" },
    flags: { type: "array", items: { type: "string" } },
  },
  required: ["tank", "celsius", "pressureHectopascal", "at", "flags"],
  additionalProperties: false,
} as const;

export async function codecSections(rounds: number, messages: number): Promise<Section[]> {
  const bytes = new TextEncoder().encode(JSON.stringify(reading));
  const decoder = new TextDecoder();
  const baseline = {
    decode: (input: Uint8Array) => JSON.parse(decoder.decode(input)) as Reading,
  };
  const figures = await sideBySide(
    [
      rival("bare JSON.parse", baseline, bytes, messages),
      rival("jsonCodec, no schema", jsonCodec<Reading>(), bytes, messages),
      rival("jsonSchemaCodec (ajv)", jsonSchemaCodec(jsonSchema), bytes, messages),
      rival("jsonCodec with zod", jsonCodec(zodSchema), bytes, messages),
    ],
    rounds,
  );
  return [
    {
      title: "JSON decode with schema validation",
      how: `An object of ${bytes.length} bytes with five fields; the bare side is JSON.parse of TextDecoder's text.`,
      unit: "ns a message",
      higherIsBetter: false,
      figures,
      targets: [
        { ours: "jsonSchemaCodec (ajv)", rival: "bare JSON.parse", ratio: 1.5 },
        { ours: "jsonCodec with zod", rival: "bare JSON.parse", ratio: 1.5 },
      ],
    },
  ];
}

function rival(
  name: string,
  codec: Pick<Codec<Reading>, "decode">,
  bytes: Uint8Array,
  messages: number,
): Rival {
  return {
    name,
    run: () => {
      let sum = 0;
      const start = process.hrtime.bigint();
      for (let index = 0; index < messages; index++) sum += codec.decode(bytes).celsius;
      const elapsedNs = Number(process.hrtime.bigint() - start);
      if (Math.abs(sum - messages * reading.celsius) > 1) throw new Error(`sum ${sum}`);
      return elapsedNs / messages;
    },
  };
}
