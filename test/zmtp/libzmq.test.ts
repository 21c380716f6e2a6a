/** Live against libzmq, as npm's `zeromq` has it: PAIR over TCP and ipc, in both roles. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { curveKeyPair, Pair, Publisher } from "zeromq";
import { PeerError } from "../../src/errors.ts";
import type { StreamAddress } from "../../src/io/address.ts";
import type { ConnectorOptions, Listener } from "../../src/io/stream.ts";
import type { Accepted } from "./endpoints.ts";
import { bound, connect, Ends, places } from "./ends.ts";
import { hexOf } from "./recorder.ts";

// Ours says who it is, which libzmq has to pass over.
const ours = {
  socketType: "PAIR",
  plexo: { version: "1", instanceId: "0123456789abcdef" },
} as const;

let ends: Ends;

beforeEach(() => {
  ends = new Ends();
});

afterEach(() => ends.close());

type Place = (typeof places)[number][1];
type PairOptions = NonNullable<ConstructorParameters<typeof Pair>[0]>;

function libzmqPair(options: PairOptions = {}): Pair {
  return ends.keep(new Pair({ linger: 0, ...options }));
}

function listening(
  options: Partial<ConnectorOptions> = {},
  address?: StreamAddress,
): Promise<Listener> {
  return ends.listening({ ...ours, ...options }, address);
}

function connecting(address: StreamAddress, options: Partial<ConnectorOptions> = {}): void {
  ends.connecting(address, { ...ours, ...options });
}

/** A libzmq PAIR and an end of ours, in traffic. */
type Meeting = (
  options?: Partial<ConnectorOptions>,
  pairOptions?: PairOptions,
) => Promise<{ pair: Pair; end: Accepted }>;

function weListen(place: Place): Meeting {
  return async (options, pairOptions) => {
    const { address } = await listening(options, place(ends));
    const pair = libzmqPair(pairOptions);
    connect(pair, address);
    const end = await ends.next();
    expect(await end.events.take()).toBe("ready PAIR");
    return { pair, end };
  };
}

function weConnect(place: Place): Meeting {
  return async (options, pairOptions) => {
    const pair = libzmqPair(pairOptions);
    connecting(await bound(pair, place(ends)), options);
    const end = await ends.next();
    expect(await end.events.take()).toBe("ready PAIR");
    return { pair, end };
  };
}

const roles = places.flatMap(
  ([where, place]) =>
    [
      [`${where}, we listen, libzmq connects`, weListen(place)],
      [`${where}, we connect, libzmq listens`, weConnect(place)],
    ] as const,
);

function bodyOf(byteCount: number): Uint8Array {
  return new Uint8Array(byteCount).map((_, index) => (7 * index + 3) % 256);
}

describe.each(roles)("libzmq PAIR, %s", (_, meet) => {
  const lengths = [0, 1, 255, 256, 65_535, 65_536, 1_000_000];

  test("frames of all lengths arrive whole, in both directions", async () => {
    const { pair, end } = await meet();
    for (const byteCount of lengths) {
      const body = bodyOf(byteCount);
      const [, event] = await Promise.all([pair.send(body), end.events.take()]);
      expect(event === `frame ${hexOf(body)}`).toBe(true);
      end.send(body);
      const [received] = await pair.receive();
      expect(received?.equals(body)).toBe(true);
    }
  });

  test("messages of several frames keep them together", async () => {
    const { pair, end } = await meet();
    await pair.send(["one", "", bodyOf(300)]);
    expect(await end.events.take()).toBe(`frame ${hexOf(Buffer.from("one"))} more`);
    expect(await end.events.take()).toBe("frame  more");
    expect(await end.events.take()).toBe(`frame ${hexOf(bodyOf(300))}`);
    end.send(Buffer.from("one"), new Uint8Array(0), bodyOf(20_000));
    const received = await pair.receive();
    expect(received.map(hexOf)).toEqual([hexOf(Buffer.from("one")), "", hexOf(bodyOf(20_000))]);
  });

  test("a burst arrives whole and in order", async () => {
    const { pair, end } = await meet();
    for (let count = 0; count < 5_000; count++) end.send(Buffer.from(String(count)));
    for (let count = 0; count < 5_000; count++) {
      expect((await pair.receive()).join()).toBe(String(count));
    }
  });

  test("its heartbeats are answered", async () => {
    const pairOptions = {
      heartbeatInterval: 30,
      heartbeatTimeout: 5_000,
      heartbeatTimeToLive: 5_000,
    };
    const { pair, end } = await meet({}, pairOptions);
    for (let count = 0; count < 3; count++) expect(await end.events.take()).toBe("ping ");
    end.send(Buffer.from("still there"));
    expect((await pair.receive()).join()).toBe("still there");
  });

  test("it answers ours, with their contexts", async () => {
    const heartbeat = { intervalMs: 30, timeoutMs: 5_000, ttlMs: 5_000 };
    const { end } = await meet({ heartbeat });
    end.context = bodyOf(16);
    // The first may have been sent before the context was set.
    await end.events.take();
    for (let count = 0; count < 3; count++) {
      expect(await end.events.take()).toBe(`pong ${hexOf(bodyOf(16))}`);
    }
  });

  test("it takes its end as one in good order, and so do we its", async () => {
    // This half comes first: after the other our connector would be the next to connect again.
    const other = await meet();
    other.pair.close();
    expect(await other.end.events.take()).toBe("closed");
    const { pair, end } = await meet();
    end.send(Buffer.from("last words"));
    end.connection.end(5_000);
    expect((await pair.receive()).join()).toBe("last words");
    expect(await end.events.take()).toBe("closed");
  });

  test("a body over our limit ends the connection, one at the limit does not", async () => {
    const { pair, end } = await meet({ bodyBytesMax: 1_000 });
    await pair.send(bodyOf(1_000));
    await pair.send(bodyOf(1_001));
    expect(await end.events.take()).toBe(`frame ${hexOf(bodyOf(1_000))}`);
    expect(await end.events.take()).toBe("closed: message frame of 1001 bytes, at most 1000 taken");
  });

  test("while we are paused it has to wait, and nothing is lost", async () => {
    const { pair, end } = await meet({}, { sendHighWaterMark: 5, sendTimeout: 0 });
    end.frame = (body) => end.events.put(`${body.byteCount}`);
    end.connection.pause();
    let sent = 0;
    for (let refused = false; !refused; ) {
      refused = await pair.send(bodyOf(500_000)).then(
        () => false,
        (error: NodeJS.ErrnoException) => error.code === "EAGAIN",
      );
      if (!refused) sent++;
    }
    expect(end.events.left).toEqual([]);
    end.connection.resume();
    for (let count = 0; count < sent; count++) expect(await end.events.take()).toBe("500000");
  });
});

describe.each(places)("libzmq PAIR, %s, started anew", (_, place) => {
  test("a libzmq listener that comes back is found again", async () => {
    const first = libzmqPair();
    const address = await bound(first, place(ends));
    connecting(address);
    const end = await ends.next();
    expect(await end.events.take()).toBe("ready PAIR");
    first.close();
    expect(await end.events.take()).toBe("closed");
    const second = libzmqPair();
    await bound(second, address);
    const again = await ends.nextInTraffic();
    again.send(Buffer.from("here I am"));
    expect((await second.receive()).join()).toBe("here I am");
  });

  test("a libzmq connector finds us again, and so does another one", async () => {
    const { pair, end } = await weListen(place)({}, { reconnectInterval: 20 });
    end.connection.destroy();
    const again = await ends.nextInTraffic();
    again.send(Buffer.from("here I am"));
    expect((await pair.receive()).join()).toBe("here I am");
    pair.close();
    expect(await again.events.take()).toBe("closed");
  });
});

describe("libzmq that does not suit us", () => {
  const curveServer = curveKeyPair();
  const curveClient = curveKeyPair();
  const servers: [string, PairOptions][] = [
    ["PLAIN", { plainServer: true }],
    ["CURVE", { curveServer: true, curveSecretKey: curveServer.secretKey }],
  ];
  const clients: [string, PairOptions][] = [
    ["PLAIN", { plainUsername: "name", plainPassword: "word" }],
    [
      "CURVE",
      {
        curveServerKey: curveServer.publicKey,
        curvePublicKey: curveClient.publicKey,
        curveSecretKey: curveClient.secretKey,
      },
    ],
  ];

  test.each(servers)(
    "a listener with %s is refused, with both mechanisms named",
    async (name, options) => {
      connecting(await bound(libzmqPair(options)));
      const end = await ends.next();
      expect(await end.events.take()).toBe(
        `closed: the peer uses security mechanism "${name}", this end "NULL": set both ends alike`,
      );
      expect(end.reason).toBeInstanceOf(PeerError);
    },
  );

  test.each(clients)(
    "a connector with %s is refused, with both mechanisms named",
    async (name, options) => {
      const { address } = await listening();
      connect(libzmqPair(options), address);
      const end = await ends.next();
      expect(await end.events.take()).toBe(
        `closed: the peer uses security mechanism "${name}", this end "NULL": set both ends alike`,
      );
      expect(end.reason).toBeInstanceOf(PeerError);
    },
  );

  test("a publisher is refused, in both roles", async () => {
    const publisher = ends.keep(new Publisher({ linger: 0 }));
    // Whose READY is read first is a race: libzmq sends none after it has read one it does not like.
    const refusal =
      /^closed: the peer (has socket type PUB; PAIR takes PAIR only|.* perhaps it takes no PAIR peer)$/;
    connecting(await bound(publisher));
    expect(await (await ends.next()).events.take()).toMatch(refusal);
    const { address } = await listening();
    connect(publisher, address);
    expect(await (await ends.next()).events.take()).toMatch(refusal);
  });
});
