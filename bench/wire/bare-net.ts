/** Bare node:net over loopback, without Nagle's wait. */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

const host = "127.0.0.1";

interface Listening {
  readonly server: Server;
  readonly port: number;
}

export async function listenBare(
  port: number,
  onSocket: (socket: Socket) => void,
): Promise<Listening> {
  const server = createServer({ noDelay: true }, onSocket);
  server.listen(port, host);
  await once(server, "listening");
  // A server that listens at a port has an address with one.
  return { server, port: (server.address() as AddressInfo).port };
}

export async function connectBare(port: number): Promise<Socket> {
  const socket = connect({ host, port, noDelay: true });
  await once(socket, "connect");
  return socket;
}
