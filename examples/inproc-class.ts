/** Instances of a class: the value finds its neuron, and arrives as what it was, methods and all. */
import { Namespace, Neuron, Plexus } from "plexo";
import { jsonCodec } from "plexo/json";
import * as z from "zod";

class Pour {
  // The name in the address, whatever a minifier does to that of the class.
  static readonly typeName = "Pour";
  readonly tank: string;
  readonly litres: number;

  constructor(tank: string, litres: number) {
    this.tank = tank;
    this.litres = litres;
  }

  get glasses(): number {
    return Math.floor(this.litres / 0.5);
  }
}

// For other processes: a Pour is made from the JSON that arrives, and toWire leads back to it.
const pourJson = z
  .object({ tank: z.string(), litres: z.number().positive() })
  .transform(({ tank, litres }) => new Pour(tank, litres));
const codec = jsonCodec(pourJson, { toWire: ({ tank, litres }) => ({ tank, litres }) });
const Pours = new Neuron(Pour, new Namespace("dev.plexo.examples"), codec);

await using plexus = new Plexus();

plexus.react(Pours, (pour) => console.log(`${pour.glasses} glasses from tank ${pour.tank}`));

await plexus.transmit(new Pour("A", 2.5));
