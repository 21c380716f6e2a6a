/** plexo: a Plexus with a PairGanglion; raw bytes, or typed JSON without a schema. */
import { bytesCodec, Namespace, Neuron, Plexus } from "plexo";
import { jsonCodec } from "plexo/json";
import { PairGanglion, type PairOptions } from "plexo/pair";
import type { WireEnd, WireRival } from "./rival.ts";

interface Reading {
  readonly tank: string;
  readonly celsius: number;
  readonly note: string;
}

const namespace = new Namespace("dev.plexo.bench");
const Raw = new Neuron("Raw", namespace, bytesCodec);
const Typed = new Neuron("Reading", namespace, jsonCodec<Reading>());
const jsonOverheadBytes = JSON.stringify({ tank: "A", celsius: 11.4, note: "" }).length;

export const plexoRaw: WireRival = rival((plexus, payloadBytes, end) => {
  const payload = new Uint8Array(payloadBytes);
  plexus.reactRaw(Raw, (bytes) => end.onPayload(bytes));
  return () => plexus.transmitRaw(Raw, payload);
});

export const plexoJson: WireRival = rival((plexus, payloadBytes, end) => {
  const note = "x".repeat(Math.max(0, payloadBytes - jsonOverheadBytes));
  const nothing = new Uint8Array(0);
  plexus.react(Typed, (reading) => {
    if (reading.note.length !== note.length) throw new Error("another reading arrived");
    end.onPayload(nothing);
  });
  return () => plexus.transmit(Typed, { tank: "A", celsius: 11.4, note });
});

type SendMaker = (plexus: Plexus, payloadBytes: number, end: WireEnd) => () => Promise<void>;

function rival(sender: SendMaker): WireRival {
  const open = async (options: PairOptions, payloadBytes: number) => {
    const ganglion = new PairGanglion(options);
    await ganglion.opened;
    const plexus = new Plexus({ ganglia: [ganglion] });
    const end: WireEnd = {
      onPayload: () => {},
      send: () => undefined,
      close: () => plexus.close(),
    };
    end.send = sender(plexus, payloadBytes, end);
    return { plexus, ganglion, end };
  };
  return {
    async listen(payloadBytes) {
      const { ganglion, end } = await open({ bind: { host: "127.0.0.1", port: 0 } }, payloadBytes);
      return { end, port: ganglion.address.port };
    },
    async connect(port, payloadBytes) {
      const { plexus, end } = await open({ connect: { host: "127.0.0.1", port } }, payloadBytes);
      await plexus.ready(Raw);
      return end;
    },
  };
}
