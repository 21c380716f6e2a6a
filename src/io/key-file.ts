/** Key file: a secret that several processes share, in a file that only its user may read. */
import { open } from "node:fs/promises";
import { TransportError, UsageError } from "../errors.ts";

const fileBytesMax = 4_096;

/**
 * Reads a key written as hexadecimal digits, as `openssl rand -hex 32 > FILE` makes one. Its contents
 * stand in no error.
 * @throws {UsageError} if others than the file's user may read or change it, or it is not such a key.
 * @throws {TransportError} if the system does not give it.
 */
export async function readKeyFile(path: string): Promise<Uint8Array> {
  const { text, mode } = await readSmall(path);
  const others = mode & 0o077;
  // Windows has no such permissions.
  if (others !== 0 && process.platform !== "win32") {
    throw new UsageError(
      `others may use the key file ${path} (mode ${(mode & 0o777).toString(8)}); run chmod 600 ${path}, ` +
        "and take a new key if it was so for long",
      { details: { path, mode: mode & 0o777 } },
    );
  }
  const digits = text.trim();
  if (/^(?:[0-9a-f]{2})+$/i.test(digits)) return new Uint8Array(Buffer.from(digits, "hex"));
  throw new UsageError(
    `the key file ${path} holds no key of hexadecimal digits; make one: openssl rand -hex 32 > ${path}`,
    { details: { path } },
  );
}

/** By one handle, so that what is checked is what is read. */
async function readSmall(path: string): Promise<{ readonly text: string; readonly mode: number }> {
  try {
    const file = await open(path, "r");
    try {
      const { mode } = await file.stat();
      const { buffer, bytesRead } = await file.read(Buffer.alloc(fileBytesMax), 0, fileBytesMax, 0);
      return { text: buffer.toString("latin1", 0, bytesRead), mode };
    } finally {
      await file.close();
    }
  } catch (cause) {
    const { message } = cause as Error;
    throw new TransportError(`cannot read the key file ${path}: ${message}`, {
      cause,
      details: { path },
    });
  }
}
