/** A peer of a pair that shakes hands as one of ours, reads, and breaks off without confirming. */
import { Buffer } from "node:buffer";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";

/** RFC 37 (ZMTP 3.1): signature, version 3.1, mechanism, as-server and filler. */
const greeting = Buffer.concat([
  Buffer.from("ff00000000000000017f0301", "hex"),
  Buffer.from("NULL".padEnd(52, "\0")),
]);

/**
 * Listens, and hangs up once `last` has come.
 * @returns Its port, and a promise that resolves when it has hung up and listens no more.
 */
export async function makeDeafPeer(last: string): Promise<{ port: number; hungUp: Promise<void> }> {
  const server = createServer((socket) => {
    socket.write(Buffer.concat([greeting, ready({ "Socket-Type": "PAIR", "X-Plexo": "1/0" })]));
    let received = "";
    socket.on("data", (chunk) => {
      received += chunk.toString("latin1");
      if (!received.includes(last)) return;
      server.close();
      socket.destroy();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  // An address with a port is what a server on TCP has.
  const { port } = server.address() as AddressInfo;
  const hungUp = once(server, "close").then(() => {});
  return { port, hungUp };
}

function ready(properties: Readonly<Record<string, string>>): Buffer {
  const parts = Object.entries(properties).map(([name, value]) => {
    const valueSize = Buffer.alloc(4);
    valueSize.writeUInt32BE(value.length);
    return Buffer.concat([shortString(name), valueSize, Buffer.from(value)]);
  });
  const body = Buffer.concat([shortString("READY"), ...parts]);
  const command = 0x04;
  return Buffer.concat([Buffer.of(command, body.length), body]);
}

function shortString(text: string): Buffer {
  return Buffer.concat([Buffer.of(text.length), Buffer.from(text)]);
}
