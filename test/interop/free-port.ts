/** freePort: where the two ends of a case meet. */
import { createServer } from "node:net";

// Below the ports that systems give to clients (from 32768 on Linux): among those a client that
// tries a port at which nobody listens may in the end be connected to itself.
const lowestPort = 20_000;
const portCount = 10_000;
const triesMax = 100;

// Each process starts elsewhere, and gives no port twice: cases that run at the same time ask before
// their programs listen.
let next = Math.floor(Math.random() * portCount);

/** A TCP port of 127.0.0.1 that nobody has now; it has to be known before either end starts. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < triesMax; tries += 1) {
    const port = lowestPort + (next++ % portCount);
    if (await isFree(port)) return port;
  }
  throw new Error(`none of ${triesMax} ports from ${lowestPort} on is free`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
