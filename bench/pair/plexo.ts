/** plexo: a Plexus with a PairGanglion; raw bytes, or typed JSON without a schema. */
import { bytesCodec, Namespace, Neuron, Plexus } from "plexo";
import { jsonCodec } from "plexo/json";
import { PairGanglion, type TcpAddress } from "plexo/pair";
import type { PairEnd, PairRival } from "./rival.ts";

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

export const plexoRaw: PairRival = rival(raw, (plexus, { sends, takes }, payloadBytes) => {
  const payload = new Uint8Array(payloadBytes);
  return {
    awaitsEach: false,
    send: () => plexus.transmitRaw(sends, payload),
    receive: (onPayload) => {
      plexus.reactRaw(takes, (bytes) => onPayload(bytes));
    },
    close: () => plexus.close(),
  };
});

export const plexoJson: PairRival = rival(typed, (plexus, { sends, takes }, payloadBytes) => {
  const note = "x".repeat(Math.max(0, payloadBytes - jsonOverheadBytes));
  const nothing = new Uint8Array(0);
  return {
    awaitsEach: false,
    send: () => plexus.transmit(sends, { tank: "A", celsius: 11.4, note }),
    receive: (onPayload) => {
      plexus.react(takes, (reading) => {
        if (reading.note.length !== note.length) throw new Error("another reading arrived");
        onPayload(nothing);
      });
    },
    close: () => plexus.close(),
  };
});

/** One end's share of the neurons. */
interface Share<T> {
  readonly sends: Neuron<T>;
  readonly takes: Neuron<T>;
}

function rival<T>(
  { out, back }: Neurons<T>,
  endOf: (plexus: Plexus, share: Share<T>, payloadBytes: number) => PairEnd,
): PairRival {
  return {
    async listen(port, payloadBytes) {
      const ganglion = new PairGanglion({ bind: { host: "127.0.0.1", port } });
      await ganglion.opened;
      const plexus = new Plexus({ ganglia: [ganglion] });
      const end = endOf(plexus, { sends: back, takes: out }, payloadBytes);
      // What was bound is a port.
      return { end, port: (ganglion.address as TcpAddress).port };
    },
    async connect(port, payloadBytes) {
      const ganglion = new PairGanglion({ connect: { host: "127.0.0.1", port } });
      const plexus = new Plexus({ ganglia: [ganglion] });
      await plexus.ready(out);
      return endOf(plexus, { sends: out, takes: back }, payloadBytes);
    },
  };
}
