/** EPGM on real sockets, on the loopback interface. */
import { createSocket, type Socket } from "node:dgram";
import { networkInterfaces } from "node:os";
import { ClosedError, TransportError, UsageError } from "plexo";
import { type EpgmChannel, type EpgmNode, type EpgmOptions, openEpgm } from "plexo/epgm";
import { describe, expect, onTestFinished, test } from "vitest";
import { freeUdpPort, openOnLoopback, someGroup } from "../../test/support/multicast.ts";
import { canReusePort } from "../io/datagram-socket.ts";

const loopback = Object.entries(networkInterfaces()).find(([, addresses = []]) =>
  addresses.some(({ address }) => address === "127.0.0.1"),
)?.[0];
const ipv6 = Object.values(networkInterfaces())
  .flat()
  .filter((each) => each?.family === "IPv6");
const hasIpv6Loopback = ipv6.some((each) => each?.internal);
/** On Linux no route leads to groups of IPv6 by the loopback interface. */
const ipv6Outside = ipv6.find((each) => each !== undefined && !each.internal)?.address;

describe("messages", () => {
  test("come to another node of the host, whole and in order, and not back to the node that sent them", async () => {
    const port = await freeUdpPort();
    const group = someGroup();
    const sender = await opened(port);
    const own = await listening(sender, group);
    const other = await listening(await opened(port), group);
    const longest = 100_000;
    for (const byteCount of [0, 1, 5, longest]) {
      await own.channel.send([text(`${byteCount}`), new Uint8Array(byteCount).fill(7), text("")]);
    }
    await own.channel.send([text("last")]);
    const messages = await other.until("last");
    expect(messages.map((parts) => parts.map(({ length }) => length))).toEqual([
      [1, 0, 0],
      [1, 1, 0],
      [1, 5, 0],
      [6, longest, 0],
      [4],
    ]);
    expect(messages[3]?.[1]?.every((byte) => byte === 7)).toBe(true);
    expect(own.messages).toEqual([]);
  });

  test("come of each group to those who have joined it, and to nobody else", async () => {
    const port = await freeUdpPort();
    const [here, elsewhere] = [someGroup(), someGroup()];
    const sender = await opened(port);
    const [toHere, toElsewhere] = [await sender.join(here), await sender.join(elsewhere)];
    const receiver = await opened(port);
    const joined = await listening(receiver, here);
    await toElsewhere.send([text("elsewhere")]);
    await toHere.send([text("here")]);
    await joined.until("here");
    // The kernel has handed over what was sent before; another socket of the host proves that it came.
    const witness = await listening(await opened(port), elsewhere);
    await toElsewhere.send([text("again")]);
    await witness.until("again");
    expect(joined.texts).toEqual(["here"]);
    expect(joined.channel.sourceCount).toBe(1);
  });

  test("come by 1,000 groups at once", async () => {
    const port = await freeUdpPort();
    const [sender, receiver] = [await opened(port), await opened(port)];
    const groups = Array.from(
      { length: 1_000 },
      (_, index) => `239.255.${40 + Math.floor(index / 250)}.${1 + (index % 250)}`,
    );
    const came = new Set<string>();
    const all = new Promise<void>((resolve) => {
      for (const group of groups) {
        void receiver.join(group, {
          message: ([part]) => {
            if (part !== undefined) came.add(`${group} ${read(part)}`);
            if (came.size === groups.length) resolve();
          },
        });
      }
    });
    const channels = await Promise.all(groups.map((group) => sender.join(group)));
    for (const channel of channels) await channel.send([text(channel.group)]);
    await all;
    expect(came).toEqual(new Set(groups.map((group) => `${group} ${group}`)));
  });

  test.skipIf(ipv6Outside === undefined)("come over IPv6, by groups of each scope", async () => {
    const port = await freeUdpPort();
    const options = { interface: ipv6Outside, family: "IPv6" } as const;
    const [sender, receiver] = [await opened(port, options), await opened(port, options)];
    for (const scope of ["ff11", "ff12", "ff15"]) {
      const group = `${scope}::${port.toString(16)}`;
      const joined = await listening(receiver, group);
      const channel = await sender.join(group);
      await channel.send([text(scope)]);
      expect(await joined.until(scope)).toHaveLength(1);
    }
  });
});

describe("the interface", () => {
  test("is found by its address and by its name", async () => {
    const port = await freeUdpPort();
    for (const given of ["127.0.0.1", loopback ?? ""]) {
      const node = await opened(port, { interface: given });
      expect(node.interface).toMatchObject({ name: loopback, address: "127.0.0.1" });
    }
  });

  test("is by default one of those there are, and messages come by it", async () => {
    const port = await freeUdpPort();
    const group = someGroup();
    const options = { interface: undefined };
    const [sender, receiver] = [await opened(port, options), await opened(port, options)];
    expect(networkInterfaces()[sender.interface.name]).toBeDefined();
    const joined = await listening(receiver, group);
    const channel = await sender.join(group);
    await channel.send([text("by default")]);
    expect(await joined.until("by default")).toHaveLength(1);
  });

  test("that is not there is refused with the names of those that are", async () => {
    const opening = openEpgm({ interface: "no-such-0" });
    await expect(opening).rejects.toThrow(UsageError);
    await expect(opening).rejects.toThrow(/no interface "no-such-0".*127\.0\.0\.1/);
  });
});

test.each([
  ["239.255.0.300", "IPv4"],
  ["127.0.0.1", "IPv4"],
  ["ff15::1", "IPv4"],
  ["239.255.0.1", "IPv6"],
] as const)("%s is no group of %s", async (group, family) => {
  if (family === "IPv6" && !hasIpv6Loopback) return;
  const options = family === "IPv6" ? { interface: "::1" } : {};
  const node = await opened(await freeUdpPort(), { family, ...options });
  await expect(node.join(group)).rejects.toThrow(UsageError);
});

test.each([{ hops: 0 }, { hops: 256 }, { port: 0 }, { bitsPerSecond: 11_999 }])(
  "%o is out of range",
  async (options) => {
    await expect(openEpgm(options)).rejects.toThrow(UsageError);
  },
);

test.skipIf(!hasIpv6Loopback || process.platform !== "linux")(
  "what cannot be sent for want of a route is told, with what to do",
  async () => {
    const failure = new Promise<Error>((resolve) => {
      const options = { interface: "::1", family: "IPv6", graceMs: 0 } as const;
      void openEpgm(options, resolve).then(async (node) => {
        onTestFinished(() => node.close({ lingerMs: 0 }));
        const channel = await node.join("ff15::1");
        await channel.openSource();
      });
    });
    expect((await failure).message).toMatch(
      /cannot send to ff15::1 by lo: no route leads there.*name another interface/,
    );
  },
);

describe("a port that another program holds", () => {
  test.skipIf(canReusePort)(
    "without sharing, or by SO_REUSEPORT, gives an error that says what to do",
    async () => {
      const port = await freeUdpPort();
      await held(port, {});
      const node = await opened(port);
      const joining = node.join(someGroup());
      await expect(joining).rejects.toThrow(TransportError);
      await expect(joining).rejects.toThrow(
        /SO_REUSEPORT, as libzmq.*use Node 22\.12 or newer, or another port/,
      );
    },
  );

  test.skipIf(!canReusePort || process.platform !== "linux")(
    "by SO_REUSEPORT, as libzmq does, is shared",
    async () => {
      const port = await freeUdpPort();
      const group = someGroup();
      await held(port, { reusePort: true });
      const joined = await listening(await opened(port), group);
      const channel = await (await opened(port)).join(group);
      await channel.send([text("shared")]);
      expect(await joined.until("shared")).toHaveLength(1);
    },
  );

  test("can be had when it is free again", async () => {
    const port = await freeUdpPort();
    const holder = await held(port, {}, "127.0.0.1");
    const group = someGroup();
    const node = await opened(port);
    // Linux lets a group be bound beside it, but not the address by which a source hears NAKs.
    const channel = await node.join(group).catch(() => undefined);
    if (channel !== undefined) await expect(channel.openSource()).rejects.toThrow(TransportError);
    await new Promise<void>((resolve) => {
      holder.close(() => resolve());
    });
    const again = channel ?? (await node.join(group));
    await again.openSource();
    expect(again.source).toBeDefined();
  });
});

describe("close", () => {
  test("leaves no socket", async () => {
    const port = await freeUdpPort();
    const before = await socketCount();
    const node = await openOnLoopback(port, { graceMs: 1_000 });
    const channel = await node.join(someGroup(), { message: () => {} });
    await channel.send([text("anything")]);
    expect(await socketCount()).toBeGreaterThan(before);
    await node.close();
    await node.close();
    expect(await socketCount()).toBe(before);
  });

  test("while a group is joined leaves none either", async () => {
    const before = await socketCount();
    const node = await openOnLoopback(await freeUdpPort());
    const joining = node.join(someGroup());
    const closing = node.close();
    await joining;
    await closing;
    expect(await socketCount()).toBe(before);
  });

  test("of a channel while it becomes a source ends that", async () => {
    const before = await socketCount();
    const node = await openOnLoopback(await freeUdpPort());
    const channel = await node.join(someGroup());
    const opening = channel.openSource();
    const closing = channel.close();
    await expect(opening).rejects.toThrow(ClosedError);
    await closing;
    await node.close();
    expect(channel.source).toBeUndefined();
    expect(await socketCount()).toBe(before);
  });

  test("sends what waits first, and receivers are told that the source ends", async () => {
    const port = await freeUdpPort();
    const group = someGroup();
    const joined = await listening(await opened(port), group);
    const node = await openOnLoopback(port);
    const channel = await node.join(group);
    for (let index = 0; index < 100; index += 1) await channel.send([new Uint8Array(5_000)]);
    await channel.send([text("last")]);
    const { source } = channel;
    await node.close();
    expect(await joined.until("last")).toHaveLength(101);
    expect(await joined.finished).toBe(source);
  });

  test("refuses what is sent after it", async () => {
    const node = await opened(await freeUdpPort());
    const channel = await node.join(someGroup());
    await channel.close();
    await expect(channel.send([text("late")])).rejects.toThrow(ClosedError);
    await node.close();
    await expect(node.join(someGroup())).rejects.toThrow(ClosedError);
  });
});

test("a message without parts, or one that is too long, is refused", async () => {
  const node = await opened(await freeUdpPort(), { messageBytesMax: 10 });
  const channel = await node.join(someGroup());
  await expect(channel.send([])).rejects.toThrow(/at least one part/);
  await expect(channel.send([new Uint8Array(11)])).rejects.toThrow(/11 bytes.*at most 10/);
});

test("members with the group key hear each other; others do not hear them, and are counted", async () => {
  const port = await freeUdpPort();
  const group = someGroup();
  const groupKey = new Uint8Array(32).fill(5);
  const member = await listening(await opened(port, { groupKey }), group);
  const stranger = await listening(await opened(port), group);
  const strange = await (await opened(port)).join(group);
  const channel = await (await opened(port, { groupKey })).join(group);
  await strange.send([text("open")]);
  await channel.send([text("secret")]);
  await strange.send([text("open again")]);
  await member.until("secret");
  await stranger.until("open again");
  expect(member.texts).toEqual(["secret"]);
  expect(stranger.texts).toEqual(["open", "open again"]);
  expect(member.channel.received.unsealed).toBeGreaterThan(0);
});

/** A node that the test's end closes. */
async function opened(port: number, options: EpgmOptions = {}): Promise<EpgmNode> {
  const node = await openOnLoopback(port, options);
  onTestFinished(() => node.close({ lingerMs: 0 }));
  return node;
}

interface Listening {
  readonly channel: EpgmChannel;
  readonly messages: readonly (readonly Uint8Array[])[];
  /** The first parts. */
  readonly texts: readonly string[];
  /** The first source that has ended. */
  readonly finished: Promise<string>;
  /** Resolves with all that has come when a message with this first part has. */
  until(wanted: string): Promise<readonly (readonly Uint8Array[])[]>;
}

async function listening(node: EpgmNode, group: string): Promise<Listening> {
  const messages: (readonly Uint8Array[])[] = [];
  const texts: string[] = [];
  const watchers = new Set<() => void>();
  let finish: (source: string) => void = () => {};
  const finished = new Promise<string>((resolve) => {
    finish = resolve;
  });
  const channel = await node.join(group, {
    message: (parts) => {
      messages.push(parts);
      texts.push(read(parts[0] ?? new Uint8Array(0)));
      for (const watcher of watchers) watcher();
    },
    finished: finish,
  });
  return {
    channel,
    messages,
    texts,
    finished,
    until: (wanted) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (texts.includes(wanted)) resolve(messages);
        };
        watchers.add(look);
        look();
      }),
  };
}

/** Binds a port as another program would. */
function held(
  port: number,
  options: { readonly reusePort?: boolean },
  address = "0.0.0.0",
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createSocket({ type: "udp4", ...options });
    onTestFinished(() => {
      try {
        socket.close();
      } catch {
        // The test has closed it.
      }
    });
    socket.once("error", reject);
    socket.bind(port, address, () => resolve(socket));
  });
}

/** How many UDP sockets this process has open. Timers are those of the tests as well. */
async function socketCount(): Promise<number> {
  // A handle is gone at the end of the turn of the event loop in which it was closed.
  await new Promise(setImmediate);
  await new Promise(setImmediate);
  return process.getActiveResourcesInfo().filter((name) => name === "UDPWrap").length;
}

function text(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

function read(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
