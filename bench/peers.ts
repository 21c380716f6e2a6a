/** The foreign peers of the benches, as far as they can be had on this machine. */
import { version as libzmqOfNode } from "zeromq";
import { NatsServer } from "../test/support/nats-server.ts";
import { MissingPeer } from "../test/support/set-up/missing-peer.ts";
import { setUpNatsServer } from "../test/support/set-up/nats-server.ts";
import { setUpOriginal } from "../test/support/set-up/original.ts";
import { setUpPyzmq } from "../test/support/set-up/pyzmq.ts";
import { npmVersion } from "./versions.ts";

export interface Peers extends AsyncDisposable {
  /** Runs until this is disposed of. */
  readonly natsServer: NatsServer | undefined;
  /** The Python that has pyzmq. */
  readonly pyzmq: string | undefined;
  /** The Python that has the original of plexo. */
  readonly original: string | undefined;
  /** Each with its version: those above, and those that npm installs. */
  readonly descriptions: readonly string[];
  /** Those that cannot be had, with the reason. */
  readonly leftOut: readonly string[];
}

export async function setUpPeers(): Promise<Peers> {
  const descriptions = [
    `mitt ${npmVersion("mitt")}`,
    `RxJS ${npmVersion("rxjs")}`,
    `zeromq ${npmVersion("zeromq")} with libzmq ${libzmqOfNode}`,
  ];
  const leftOut: string[] = [];
  const unlessMissing = async <T>(name: string, setUp: () => Promise<T>) => {
    try {
      return await setUp();
    } catch (error) {
      if (!(error instanceof MissingPeer)) throw error;
      leftOut.push(`${name}: ${error.message}`);
      return undefined;
    }
  };

  const nats = await unlessMissing("nats.js", setUpNatsServer);
  const pyzmq = await unlessMissing("pyzmq", setUpPyzmq);
  const original = await unlessMissing("plexo for Python", setUpOriginal);
  if (nats !== undefined) {
    const client = npmVersion("@nats-io/transport-node");
    descriptions.push(`nats.js ${client} with nats-server ${nats.version}`);
  }
  for (const environment of [pyzmq, original]) {
    if (environment !== undefined) descriptions.push(environment.description);
  }
  const natsServer = nats && (await NatsServer.start(nats.file));
  return {
    natsServer,
    pyzmq: pyzmq?.python,
    original: original?.python,
    descriptions,
    leftOut,
    async [Symbol.asyncDispose]() {
      await natsServer?.[Symbol.asyncDispose]();
    },
  };
}
