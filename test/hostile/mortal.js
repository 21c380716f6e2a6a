/**
 * A process to be killed: one end of a pair, or of a bare connection. Its arguments:
 *
 * - `receive PORT`: a pair that listens there, and writes each text that comes, a line for each,
 *   without the spaces at its end
 * - `send PORT BYTES`: a pair that connects, and sends numbered texts of so many bytes without end
 * - `say PORT HEX`: a bare socket that connects, says this, and no more
 *
 * Its first line says that it has begun, and with `receive` the port. `PLEXO` names the folder of the
 * built package.
 */
import { writeSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";

const [, , act, portText = "", argument = ""] = process.argv;
const place = { host: "127.0.0.1", port: Number(portText) };

/** @param {string} line What is written in one go is not lost with the process. */
function tell(line) {
  writeSync(1, `${line}\n`);
}

/** @param {string} file @returns {Promise<unknown>} */
function load(file) {
  return import(pathToFileURL(join(process.env["PLEXO"] ?? "", file)).href);
}

async function loadPair() {
  return /** @type {typeof import("../../src/ganglion/pair.ts")} */ (
    await load("ganglion/pair.js")
  );
}

async function textNeuron() {
  const { Namespace, Neuron, stringCodec } = /** @type {typeof import("../../src/index.ts")} */ (
    await load("index.js")
  );
  return new Neuron("Text", new Namespace("dev.plexo.test"), stringCodec);
}

async function receive() {
  const { PairGanglion } = await loadPair();
  const Text = await textNeuron();
  const pair = new PairGanglion({ bind: place, heartbeat: { intervalMs: 10, timeoutMs: 10_000 } });
  pair.on("incident", () => {});
  // Before anybody can connect.
  pair.react(Text, (text) => tell(text.trimEnd()));
  await pair.opened;
  tell(String(pair.address.port));
}

async function send() {
  const { PairGanglion } = await loadPair();
  const Text = await textNeuron();
  const pair = new PairGanglion({ connect: place });
  await pair.ready(Text);
  tell("begun");
  for (let count = 0; ; count++) {
    await pair.transmit(Text, String(count).padEnd(Number(argument)));
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function say() {
  const socket = connect(place);
  socket.write(Buffer.from(argument, "hex"), () => tell("begun"));
}

if (act === "receive") await receive();
else if (act === "send") await send();
else say();
