/**
 * SocketFile: the file by which a Unix-domain socket is found, and how one listener gets it.
 *
 * The system knows no "replace this file if it is still the one I looked at". To remove what was left
 * behind and then to bind are two steps, and a second process that saw the same file would remove the
 * first one's socket between them. So:
 *
 * 1. The socket is made in a folder of its own, which nobody else may enter, and gets its mode there.
 * 2. That folder becomes the claim on the path: it is renamed to a name that all use who want the
 *    path. The system renames a folder only to where there is nothing, or an empty folder. So there
 *    is one claim at a time.
 * 3. Who has the claim looks whether anybody listens at the path, and if not moves the socket there,
 *    out of the claim, in one step.
 *
 * A claim whose owner has died or stands still is taken away after a second, which is safe at any
 * time: its owner finds no socket in it any more that could be moved.
 *
 * Binding elsewhere has a third use: at close libuv removes whatever is at the path that was bound,
 * be it a successor's. There it finds nothing.
 */
import {
  chmodSync,
  lstatSync,
  mkdtempSync,
  renameSync,
  rmdirSync,
  rmSync,
  unlinkSync,
} from "node:fs";
import { connect } from "node:net";
import { basename, dirname, join } from "node:path";
import { UsageError } from "../errors.ts";
import { listenError, pathBytesMax, systemErrorText } from "./address.ts";
import type { Clock } from "./clock.ts";

export interface SocketFileOptions {
  /** The file's permissions; who may write to it may connect. */
  readonly mode: number;
  /** Makes a socket at the path it is given, and listens there. */
  readonly bind: (path: string) => Promise<void>;
  readonly clock: Clock;
}

/** Between two tries to get the claim. It is held for as long as a connection here takes to fail. */
const retryMs = 10;
/** Whoever holds the claim for so long does not come to its end. */
const claimMsMax = 1_000;

/** @throws {UsageError} unless `mode` is permissions of a file. */
export function checkSocketMode(mode: number): void {
  if (Number.isInteger(mode) && mode >= 0 && mode <= 0o777) return;
  throw new UsageError(
    `socketMode is ${mode}; give permissions from 0 to 0o777, as 0o660 for owner and group`,
    { details: { socketMode: mode } },
  );
}

export class SocketFile {
  readonly #path: string;
  readonly #identity: FileIdentity;

  private constructor(path: string, identity: FileIdentity) {
    this.#path = path;
    this.#identity = identity;
  }

  /**
   * Resolves when a socket that `bind` has made is at `path`, which is absolute.
   * @throws {UsageError} (rejects) if the path leaves no room for the name the socket is made under.
   * @throws {TransportError} (rejects) if somebody listens there, a file is there that is no socket,
   *   or another process gets the path first; errors of the system as they come. A socket that
   *   `bind` has made is the caller's to close, then too.
   */
  static async take(path: string, options: SocketFileOptions): Promise<SocketFile> {
    const den = makeDen(path);
    try {
      const bound = join(den, nameIn(den, path));
      await options.bind(bound);
      chmodSync(bound, options.mode);
      const identity = lstatSync(bound, { bigint: true });
      // In the claim it has a name that is in no other, so that it is this socket that is moved.
      const token = basename(den);
      renameSync(bound, join(den, token));
      const claim = join(dirname(path), `.${basename(path)}.claim`);
      await moveToClaim(den, claim, options.clock);
      await publish(path, claim, join(claim, token));
      return new SocketFile(path, identity);
    } finally {
      discard(den);
    }
  }

  /** Removes the file if it is still this one. To be called once, while the socket is still open. */
  remove(): void {
    try {
      // No other file gets the number of one that a socket is bound to.
      const there = lstatSync(this.#path, { bigint: true });
      const { dev, ino } = this.#identity;
      if (there.dev === dev && there.ino === ino) unlinkSync(this.#path);
    } catch {
      // It is gone, or is left behind, and whoever wants the path next finds that nobody listens.
    }
  }
}

interface FileIdentity {
  readonly dev: bigint;
  readonly ino: bigint;
}

/** Makes a folder beside `path` that only this user may enter. */
function makeDen(path: string): string {
  const folder = dirname(path);
  const prefix = join(folder, ".s");
  const byteCount = Buffer.byteLength(folder);
  const folderBytesMax = pathBytesMax - Buffer.byteLength("/.sXXXXXX/s");
  if (byteCount > folderBytesMax) {
    throw new UsageError(
      `path ${path}: to listen there its folder may have ${folderBytesMax} bytes, but has ${byteCount}`,
      { details: { path, byteCount, folderBytesMax } },
    );
  }
  try {
    return mkdtempSync(prefix);
  } catch (cause) {
    throw listenError({ path }, folderErrorText(folder, systemErrorText(cause)), cause);
  }
}

function folderErrorText(folder: string, code: string): string {
  if (code === "ENOENT") return `there is no folder ${folder}`;
  if (code === "ENOTDIR") return `${folder} is no folder`;
  return `no socket can be made in the folder ${folder}: ${code}`;
}

/** `ss` and `lsof` go on showing the path that was bound, so it ends as `path` does if there is room. */
function nameIn(den: string, path: string): string {
  const name = basename(path);
  return Buffer.byteLength(join(den, name)) <= pathBytesMax ? name : "s";
}

async function moveToClaim(den: string, claim: string, clock: Clock): Promise<void> {
  let waitsSinceMs = clock.nowMs();
  while (!tryToMove(den, claim)) {
    if (clock.nowMs() - waitsSinceMs >= claimMsMax) {
      takeAway(claim, `${den}.old`);
      waitsSinceMs = clock.nowMs();
    } else {
      await new Promise<void>((resolve) => clock.startTimer(retryMs, resolve));
    }
  }
}

/** @returns False if another process has the claim. */
function tryToMove(den: string, claim: string): boolean {
  try {
    renameSync(den, claim);
    return true;
  } catch (cause) {
    if (isOneOf(cause, "ENOTEMPTY", "EEXIST")) return false;
    throw cause;
  }
}

function takeAway(claim: string, to: string): void {
  try {
    renameSync(claim, to);
  } catch (cause) {
    // It has been given up in the meantime.
    if (!isOneOf(cause, "ENOENT")) throw cause;
  }
  discard(to);
}

/** @throws {TransportError} (rejects) if something at `path` has to stay, or the claim is lost. */
async function publish(path: string, claim: string, claimed: string): Promise<void> {
  try {
    await checkVacant(path);
    renameSync(claimed, path);
  } catch (cause) {
    if (!isOneOf(cause, "ENOENT")) throw cause;
    throw listenError({ path }, "another process has taken the claim on it", cause);
  } finally {
    discard(claimed);
    removeIfEmpty(claim);
  }
}

/** @throws {TransportError} (rejects) if at `path` there is something that has to stay. */
async function checkVacant(path: string): Promise<void> {
  const there = lstatSync(path, { throwIfNoEntry: false });
  if (there === undefined) return;
  // The system refuses a connection to any other file, too, as if it were a socket left behind.
  if (!there.isSocket()) {
    throw listenError(
      { path },
      "a file that is no socket is there; remove it, or take another path",
    );
  }
  const refusal = await knock(path);
  if (isOneOf(refusal, "ECONNREFUSED", "ENOENT")) return;
  // EAGAIN: so many have connected and were not yet accepted that there is no room for more.
  if (refusal === undefined || isOneOf(refusal, "EAGAIN")) {
    throw listenError({ path }, "in use by a listening process");
  }
  const code = systemErrorText(refusal);
  throw listenError(
    { path },
    `a socket is there, and whether it is in use cannot be told: ${code}`,
  );
}

/** @returns Why nobody can connect to `path`; undefined if one can. */
function knock(path: string): Promise<Error | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ path });
    socket.on("error", resolve);
    socket.on("connect", () => {
      socket.destroy();
      resolve(undefined);
    });
  });
}

/** What cannot be removed is in nobody's way. */
function discard(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {}
}

/** A folder that is not empty is the claim of somebody else by now. */
function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {}
}

function isOneOf(error: unknown, ...codes: readonly string[]): boolean {
  return codes.includes(systemErrorText(error));
}
