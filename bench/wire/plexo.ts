/** plexo: a Plexus with a PairGanglion; raw bytes, or typed JSON without a schema. */
import { bytesCodec, Namespace, Neuron, Plexus } from "plexo";
import { jsonCodec } from "plexo/json";
import { PairGanglion, type PairOptions, type TcpAddress } from "plexo/pair";
import type { WireEnd, WireRival } from "./rival.ts";

interface Reading {
  readonly tank: string;
  readonly celsius: number;
  readonly note: string;
}

/** What the connector sends and what the listener does: a plexus hands its own messages to itself, too. */
interface Neurons<T> {
  readonly out: Neuron<T>;
  readonly back: Neuron<T>;
}

const namespace = new Namespace("dev.plexo.bench");
const raw: Neurons<Uint8Array> = {
  out: new Neuron("RawOut", namespace, bytesCodec),
  back: new Neuron("RawBack", namespace, bytesCodec),
};
const json = jsonCodec<Reading>();
const typed: Neurons<Reading> = {
  out: new Neuron("ReadingOut", namespace, json),
  back: new Neuron("ReadingBack", namespace, json),
};
const jsonOverheadBytes = JSON.stringify({ tank: "A", celsius: 11.4, note: "" }).length;

export const plexoRaw: WireRival = rival(raw, (plexus, sends, takes, payloadBytes, end) => {
  const payload = new Uint8Array(payloadBytes);
  plexus.reactRaw(takes, (bytes) => end.onPayload(bytes));
  return () => plexus.transmitRaw(sends, payload);
});

export const plexoJson: WireRival = rival(typed, (plexus, sends, takes, payloadBytes, end) => {
  const note = "x".repeat(Math.max(0, payloadBytes - jsonOverheadBytes));
  const nothing = new Uint8Array(0);
  plexus.react(takes, (reading) => {
    if (reading.note.length !== note.length) throw new Error("another reading arrived");
    end.onPayload(nothing);
  });
  return () => plexus.transmit(sends, { tank: "A", celsius: 11.4, note });
});

type SendMaker<T> = (
  plexus: Plexus,
  sends: Neuron<T>,
  takes: Neuron<T>,
  payloadBytes: number,
  end: WireEnd,
) => () => Promise<void>;

function rival<T>({ out, back }: Neurons<T>, sender: SendMaker<T>): WireRival {
  const open = async (options: PairOptions, payloadBytes: number) => {
    const ganglion = new PairGanglion(options);
    await ganglion.opened;
    const plexus = new Plexus({ ganglia: [ganglion] });
    const end: WireEnd = {
      awaitsEach: false,
      onPayload: () => {},
      send: () => undefined,
      close: () => plexus.close(),
    };
    const connects = options.connect !== undefined;
    const [sends, takes] = connects ? [out, back] : [back, out];
    end.send = sender(plexus, sends, takes, payloadBytes, end);
    return { plexus, ganglion, end };
  };
  return {
    async listen(payloadBytes) {
      const { ganglion, end } = await open({ bind: { host: "127.0.0.1", port: 0 } }, payloadBytes);
      // What was bound is a port.
      return { end, port: (ganglion.address as TcpAddress).port };
    },
    async connect(port, payloadBytes) {
      const { plexus, end } = await open({ connect: { host: "127.0.0.1", port } }, payloadBytes);
      await plexus.ready(out);
      return end;
    },
  };
}
