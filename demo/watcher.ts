/** Shows readings and alerts as they come: in place on a terminal, as lines elsewhere. */
import process from "node:process";
import { type Neuron, Plexus } from "plexo";
import { Inbox } from "./accounts/inbox.ts";
import { printIncidents } from "./launch/incidents.ts";
import { Launched } from "./launch/launched.ts";
import {
  Alert,
  everything,
  LoadReading,
  MemoryReading,
  NetworkReading,
  type Stamp,
  Tally,
  TemperatureReading,
} from "./types.ts";
import { Scene, type Sight } from "./view/scene.ts";
import { screenOn } from "./view/screen-on.ts";
import { loadText, memoryText, networkText, temperatureText } from "./view/wording.ts";

const drawIntervalMs = 200;

const launched = new Launched();
const plexus = new Plexus({ ganglia: [await launched.openTransport()] });
printIncidents(plexus);
const inbox = new Inbox(everything);
const scene = new Scene(performance.now());

show(LoadReading, (reading) => {
  return { about: "load", text: loadText(reading), value: reading.busy, top: 1 };
});
show(MemoryReading, (reading) => {
  const { usedBytes, totalBytes } = reading;
  return { about: "memory", text: memoryText(reading), value: usedBytes, top: totalBytes };
});
show(NetworkReading, (reading) => {
  const value = reading.receivedBytesPerSecond + reading.sentBytesPerSecond;
  return { about: "network", text: networkText(reading), value };
});
show(TemperatureReading, (reading) => {
  const value = Math.max(...reading.places.map(({ celsius }) => celsius));
  return { about: "temperature", text: temperatureText(reading), value, top: 100 };
});
plexus.react(Alert, (alert) => {
  inbox.took(Alert.name, alert);
  scene.alert(alert, performance.now());
});
plexus.react(Tally, (tally) => {
  inbox.took(Tally.name, tally);
  scene.tally(tally, inbox.has(tally), performance.now());
});

const screen = screenOn(process.stdout, () => void launched.unread());
const draw = (): void => screen.draw(scene, performance.now());
const drawing = setInterval(draw, drawIntervalMs);
await launched.join(plexus, { takes: inbox.topics });
await inbox.complete(await launched.ended);
clearInterval(drawing);
draw();
screen.end();
await plexus.close();
await launched.done({ receipts: inbox.receipts() });

function show<Reading extends Stamp>(
  neuron: Neuron<Reading>,
  sightOf: (reading: Reading) => Sight,
): void {
  plexus.react(neuron, (reading) => {
    inbox.took(neuron.name, reading);
    scene.reading(sightOf(reading), reading, performance.now());
  });
}
