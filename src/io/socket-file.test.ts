import { once } from "node:events";
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { makeGate } from "../../test/support/notebook.ts";
import { SocketFolder } from "../../test/support/socket-folder.ts";
import { ManualClock } from "../../test/zmtp/manual-clock.ts";
import { TransportError, UsageError } from "../errors.ts";
import { until } from "../testing/until.ts";
import { pathBytesMax } from "./address.ts";
import { checkSocketMode, SocketFile, type SocketFileOptions } from "./socket-file.ts";

const claimName = ".x.sock.claim";

let folder: SocketFolder;
let path: string;
let clock: ManualClock;
let servers: Server[];

beforeEach(() => {
  folder = new SocketFolder();
  path = folder.at("x.sock").path;
  clock = new ManualClock();
  servers = [];
});

afterEach(async () => {
  await Promise.all(servers.map(closed));
  folder.remove();
});

/** A server whose connections end at once, bound where `take` says. */
async function bind(at: string): Promise<void> {
  const server = createServer((socket) => socket.end());
  servers.push(server);
  server.listen(at);
  await once(server, "listening");
}

function take(at = path, options: Partial<SocketFileOptions> = {}): Promise<SocketFile> {
  return SocketFile.take(at, { mode: 0o600, bind, clock, ...options });
}

function closed(server: Server | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (server === undefined) resolve();
    else server.close(() => resolve());
  });
}

/** Resolves when somebody has taken the connection; rejects if nobody does. */
async function visit(at = path): Promise<void> {
  const socket = connect(at);
  await once(socket, "connect");
  socket.destroy();
}

/** Resolves when all has happened that takes no word from the system. */
async function settled(): Promise<void> {
  for (let count = 0; count < 50; count++) await Promise.resolve();
}

describe("a path that is free", () => {
  test("has the socket then, and nothing else is left in the folder", async () => {
    await take();
    await visit();
    expect(folder.names).toEqual(["x.sock"]);
  });

  test.each([0o600, 0o660, 0o606])("the file has mode %o, whatever the umask", async (mode) => {
    for (const umask of [0o000, 0o077]) {
      const before = process.umask(umask);
      const file = await take(path, { mode }).finally(() => process.umask(before));
      expect(lstatSync(path).mode & 0o777).toBe(mode);
      file.remove();
    }
  });

  test("while the socket has not its mode yet, nobody else can come near it", async () => {
    const before = process.umask(0);
    const looks: unknown[] = [];
    await take(path, {
      bind: async (at) => {
        await bind(at);
        looks.push((statSync(dirname(at)).mode & 0o777).toString(8), existsSync(path));
      },
    }).finally(() => process.umask(before));
    expect(looks).toEqual(["700", false]);
  });

  test("is bound under its own name, which tools of the system show", async () => {
    let bound = "";
    await take(path, {
      bind: (at) => {
        bound = at;
        return bind(at);
      },
    });
    expect(bound).toMatch(/\/x\.sock$/);
  });

  test("may be as long as a socket's can be", async () => {
    const longest = folder.at("x".repeat(pathBytesMax - folder.path.length - 1)).path;
    await take(longest);
    await visit(longest);
    expect(Buffer.byteLength(longest)).toBe(pathBytesMax);
  });

  test("has to leave room in a long folder for the name the socket is made under", async () => {
    const deep = join(folder.path, "d".repeat(pathBytesMax - folder.path.length - 3));
    mkdirSync(deep);
    const taking = take(join(deep, "x"));
    await expect(taking).rejects.toThrow(UsageError);
    await expect(taking).rejects.toThrow(
      `to listen there its folder may have ${pathBytesMax - 11} bytes, but has ${pathBytesMax - 2}`,
    );
  });

  test("what `bind` rejects with is handed on, and nothing is left", async () => {
    const cause = new Error("no");
    await expect(take(path, { bind: () => Promise.reject(cause) })).rejects.toBe(cause);
    expect(folder.names).toEqual([]);
  });
});

describe("a path where a file is", () => {
  test("a socket that was left behind is replaced", async () => {
    await folder.leaveBehind("x.sock");
    await take();
    await visit();
    expect(folder.names).toEqual(["x.sock"]);
  });

  test("a socket that is in use stays, and the error says so", async () => {
    await take();
    const second = take();
    await expect(second).rejects.toThrow(TransportError);
    await expect(second).rejects.toThrow(
      `cannot take connections at ${path}: in use by a listening process`,
    );
    await visit();
    expect(folder.names).toEqual(["x.sock"]);
  });

  test("what is no socket stays as it is, be it a file, a folder or a link", async () => {
    const { path: live } = folder.at("live");
    await take(live);
    const makers = [
      () => writeFileSync(path, "precious"),
      () => mkdirSync(path),
      () => symlinkSync(live, path),
      () => symlinkSync(folder.at("nowhere").path, path),
    ];
    for (const make of makers) {
      make();
      const before = lstatSync(path, { bigint: true });
      await expect(take()).rejects.toThrow(/: a file that is no socket is there; remove it, or/);
      expect(lstatSync(path, { bigint: true })).toEqual(before);
      expect(folder.names).toEqual(["live", "x.sock"]);
      if (before.isFile()) expect(readFileSync(path, "utf8")).toBe("precious");
      rmSync(path, { recursive: true });
    }
  });

  test("a socket that may not be asked whether it is in use stays", async () => {
    await folder.leaveBehind("x.sock");
    chmodSync(path, 0o000);
    await asOrdinaryUser(async () => {
      await expect(take()).rejects.toThrow(/whether it is in use cannot be told: EACCES$/);
    });
    expect(folder.names).toEqual(["x.sock"]);
  });
});

describe("a folder", () => {
  test("that does not exist, or is none, is named", async () => {
    const missing = take(join(folder.path, "missing", "x.sock"));
    await expect(missing).rejects.toThrow(`: there is no folder ${folder.path}/missing`);
    writeFileSync(path, "");
    await expect(take(join(path, "y.sock"))).rejects.toThrow(`: ${path} is no folder`);
  });

  test("that cannot be written is named, with what the system says", async () => {
    await asOrdinaryUser(async () => {
      chmodSync(folder.path, 0o500);
      const taking = take();
      await expect(taking).rejects.toThrow(TransportError);
      await expect(taking).rejects.toThrow(
        `: no socket can be made in the folder ${folder.path}: EACCES`,
      );
      chmodSync(folder.path, 0o700);
    });
  });
});

describe("one of several that want a path at once gets it", () => {
  test.each([
    ["free", () => Promise.resolve()],
    ["left behind", () => folder.leaveBehind("x.sock")],
  ])("where it is %s", async (_, prepare) => {
    await prepare();
    const takers = Array.from({ length: 8 }, () => take());
    const pass = setInterval(() => clock.advance(10));
    const outcomes = await Promise.allSettled(takers).finally(() => clearInterval(pass));
    const reasons = outcomes.flatMap((each) => (each.status === "rejected" ? [each.reason] : []));
    expect(reasons).toHaveLength(7);
    for (const reason of reasons) expect(String(reason)).toMatch(/in use by a listening process$/);
    await visit();
    expect(folder.names).toEqual(["x.sock"]);
  });

  test("who finds the claim taken waits until it is given up", async () => {
    mkdirSync(join(folder.path, claimName, "socket"), { recursive: true });
    const taking = take();
    await until("it waits", () => clock.timerCount === 1);
    clock.advance(500);
    await until("it waits", () => clock.timerCount === 1);
    expect(existsSync(path)).toBe(false);
    rmSync(join(folder.path, claimName), { recursive: true });
    clock.advance(10);
    await taking;
    await visit();
  });

  test("the claim of one that has died with it is taken away after a second", async () => {
    mkdirSync(join(folder.path, claimName, "socket"), { recursive: true });
    const taking = take();
    await until("it waits", () => clock.timerCount === 1);
    clock.advance(1_000);
    await taking;
    await visit();
    expect(folder.names).toEqual(["x.sock"]);
  });

  test("whose claim was taken away does not get the path, nor disturbs who has it then", async () => {
    await folder.leaveBehind("x.sock");
    const [bound, mayGoOn] = [makeGate(), makeGate()];
    const slow = take(path, {
      bind: async (at) => {
        await bind(at);
        bound.open();
        await mayGoOn.opened;
      },
    });
    await bound.opened;
    mayGoOn.open();
    await settled();
    // Now it has the claim, and waits to hear from the system whether the file is in use.
    renameSync(join(folder.path, claimName), join(folder.path, "taken away"));
    mkdirSync(join(folder.path, claimName, "socket of another"), { recursive: true });
    const before = lstatSync(path, { bigint: true });
    await expect(slow).rejects.toThrow(/: another process has taken the claim on it$/);
    expect(lstatSync(path, { bigint: true })).toEqual(before);
    expect(folder.names).toEqual([claimName, "taken away", "x.sock"]);
    expect(readdirSync(join(folder.path, claimName))).toEqual(["socket of another"]);
  });
});

describe("at the end", () => {
  test("the file is removed", async () => {
    const file = await take();
    file.remove();
    expect(folder.names).toEqual([]);
  });

  test("another file stays, whoever has put it there", async () => {
    const file = await take();
    rmSync(path);
    file.remove();
    const successor = await take();
    file.remove();
    // Node, too, removes what is where it has bound.
    await closed(servers[0]);
    await visit();
    successor.remove();
    writeFileSync(path, "precious");
    successor.remove();
    expect(readFileSync(path, "utf8")).toBe("precious");
  });

  test("a folder that is gone is no error", async () => {
    const inner = join(folder.path, "inner");
    mkdirSync(inner);
    const file = await take(join(inner, "x.sock"));
    rmSync(inner, { recursive: true });
    file.remove();
    expect(folder.names).toEqual([]);
  });
});

test("a mode is permissions of a file", () => {
  for (const mode of [0, 0o600, 0o777]) checkSocketMode(mode);
  for (const mode of [-1, 0o1000, 1.5, Number.NaN]) {
    expect(() => checkSocketMode(mode)).toThrow(UsageError);
  }
});

/** The superuser may do anything; as another one it is told what others are told. */
async function asOrdinaryUser(act: () => Promise<void>): Promise<void> {
  const nobody = 65_534;
  const isSuperuser = process.getuid?.() === 0;
  if (isSuperuser) {
    chownSync(folder.path, nobody, nobody);
    process.seteuid?.(nobody);
  }
  try {
    await act();
  } finally {
    if (isSuperuser) process.seteuid?.(0);
  }
}
