import { expect, test } from "vitest";
import { CountingCodec } from "../../test/support/counting-codec.ts";
import { incidentsOf } from "../../test/support/notebook.ts";
import { Namespace } from "../namespace.ts";
import { Neuron } from "../neuron.ts";
import { Plexus } from "../plexus.ts";

const brewery = new Namespace("dev.brewery");

test("a chain of reactants that uses up the stack leaves each of them able to hear", async () => {
  await using plexus = new Plexus();
  const incidents = incidentsOf(plexus);
  const chain = Array.from(
    { length: 8_000 },
    (_, index) => new Neuron(`Stage${index}`, brewery, new CountingCodec()),
  );
  const heard = new Set<number>();
  for (const [index, neuron] of chain.entries()) {
    plexus.react(neuron, (text) => {
      heard.add(index);
      const next = chain[index + 1];
      if (text === "pass it on" && next !== undefined) void plexus.transmit(next, text);
    });
  }
  await plexus.transmit(chain[0] as Neuron<string>, "pass it on");
  // It was too deep, or this test shows nothing.
  expect(heard.size).toBeLessThan(chain.length);
  expect(incidents.some(({ cause }) => cause instanceof RangeError)).toBe(true);

  heard.clear();
  for (const neuron of chain) await plexus.transmit(neuron, "for you alone");
  expect(heard.size).toBe(chain.length);
});
