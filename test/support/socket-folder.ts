/** SocketFolder: where a test has its socket files; in the system's folder for such, as paths are short. */
import { mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { IpcAddress } from "../../src/io/address.ts";

export class SocketFolder {
  readonly path: string = mkdtempSync(join(tmpdir(), "plexo-"));

  at(name: string): IpcAddress {
    return { path: join(this.path, name) };
  }

  /** The files there, hidden ones too. */
  get names(): readonly string[] {
    return readdirSync(this.path).sort();
  }

  /** Leaves a socket file as a process does that was killed. */
  async leaveBehind(name: string): Promise<IpcAddress> {
    const address = this.at(name);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(`${address.path}.bound`, resolve));
    // Node removes what is where it has bound, so that is empty then.
    renameSync(`${address.path}.bound`, address.path);
    await new Promise((resolve) => server.close(resolve));
    return address;
  }

  remove(): void {
    rmSync(this.path, { recursive: true });
  }
}
