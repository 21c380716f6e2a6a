/** Datagram socket: a UDP socket that several processes of one host may bind alike. */
import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { TransportError } from "../errors.ts";
import { parseIp } from "../protocol/ip.ts";
import type { MulticastInterface } from "./multicast-interface.ts";

/** What the kernel is asked to hold while the process is busy; it may allow less. */
const receiveBufferBytes = 4 * 1024 * 1024;

/** So many datagrams may be on their way into the kernel; more are not sent, but reported. */
const sendsMax = 4_096;

export interface DatagramSocketOptions {
  readonly via: MulticastInterface;
  /** What it is bound to: a group, the interface's own address. */
  readonly address: string;
  /** 0 lets the system choose one. */
  readonly port: number;
  /** A group to be received. */
  readonly group?: string;
  /** How many routers what is sent to a group may pass, and one more. */
  readonly hops?: number;
  readonly receive?: (bytes: Uint8Array, from: Uint8Array) => void;
  /** The system refused to send or to receive. */
  readonly failed: (error: TransportError) => void;
}

export class DatagramSocket {
  readonly #socket: Socket;
  readonly #options: DatagramSocketOptions;
  #pendingCount = 0;
  #fromText = "";
  #from: Uint8Array = new Uint8Array(0);
  #isClosed = false;

  /** @throws {TransportError} if the address cannot be bound, or the group not joined. */
  static async open(options: DatagramSocketOptions): Promise<DatagramSocket> {
    const socket = createSocket({
      type: options.via.family === "IPv4" ? "udp4" : "udp6",
      reuseAddr: true,
      // Node below 22.12 passes over it.
      ...(canReusePort ? { reusePort: true } : {}),
      // Addresses are given as numbers, so there is nothing to look up, and no turn of the event loop to wait.
      lookup: (hostname, _options, callback) => {
        callback(null, hostname, options.via.family === "IPv4" ? 4 : 6);
      },
    });
    try {
      await bound(socket, options);
      configure(socket, options);
    } catch (cause) {
      socket.close();
      throw openError(options, cause);
    }
    return new DatagramSocket(socket, options);
  }

  private constructor(socket: Socket, options: DatagramSocketOptions) {
    this.#socket = socket;
    this.#options = options;
    socket.on("error", (cause) => {
      options.failed(
        new TransportError(`UDP socket of ${where(options)}: ${cause.message}`, { cause }),
      );
    });
    const { receive } = options;
    if (receive === undefined) return;
    socket.on("message", (bytes, remote) => receive(bytes, this.#addressOf(remote)));
  }

  /** @param address In numbers. */
  send(bytes: Uint8Array, address: string, port: number): void {
    if (this.#isClosed) return;
    if (this.#pendingCount >= sendsMax) {
      this.#fail(address, `${sendsMax} datagrams wait for the system to take them`);
      return;
    }
    this.#pendingCount += 1;
    this.#socket.send(bytes, port, scoped(address, this.#options.via), (cause) => {
      this.#pendingCount -= 1;
      if (cause !== null && cause !== undefined && !this.#isClosed) {
        this.#fail(address, sendReason(cause), cause);
      }
    });
  }

  close(): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    this.#isClosed = true;
    return new Promise((resolve) => {
      this.#socket.close(() => resolve());
    });
  }

  ref(): void {
    this.#socket.ref();
  }

  unref(): void {
    this.#socket.unref();
  }

  #fail(group: string, why: string, cause?: NodeJS.ErrnoException): void {
    const { name } = this.#options.via;
    this.#options.failed(
      new TransportError(`cannot send to ${group} by ${name}: ${why}`, {
        cause,
        details: { group, interface: name, code: cause?.code },
      }),
    );
  }

  /** Datagrams mostly come in rows from one address. */
  #addressOf({ address }: RemoteInfo): Uint8Array {
    if (address !== this.#fromText) {
      this.#fromText = address;
      this.#from = parseIp(address.split("%")[0] ?? "") ?? new Uint8Array(4);
    }
    return this.#from;
  }
}

function sendReason({ code = "", message }: NodeJS.ErrnoException): string {
  const reasons: Readonly<Record<string, string>> = {
    ENETUNREACH:
      "no route leads there; name another interface (on Linux the loopback interface has none for groups of IPv6)",
    EPERM: "a firewall of this host forbids it; let UDP to multicast groups pass",
    EACCES: "this host forbids it; let UDP to multicast groups pass",
    ENODEV: "the interface has gone",
    ENETDOWN: "the interface is down",
    EMSGSIZE: "the datagram is longer than the system sends; lower datagramBytesMax",
  };
  return reasons[code] ?? message;
}

/** Node 22.12 and 23.1 brought the option to the constructor of a UDP socket. */
export const canReusePort: boolean = (() => {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  return major > 23 || (major === 23 && minor >= 1) || (major === 22 && minor >= 12);
})();

function bound(socket: Socket, { address, port, via }: DatagramSocketOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    socket.bind({ address: scoped(address, via), port, exclusive: true }, () => {
      socket.off("error", reject);
      resolve();
    });
  });
}

function configure(socket: Socket, { via, group, hops }: DatagramSocketOptions): void {
  const by = via.family === "IPv4" ? via.address : `::%${via.name}`;
  if (group !== undefined) {
    socket.addMembership(group, by);
    growReceiveBuffer(socket);
  }
  if (hops === undefined) return;
  socket.setMulticastInterface(by);
  socket.setMulticastTTL(hops);
  socket.setMulticastLoopback(true);
}

/** What the system allows at most is enough. */
function growReceiveBuffer(socket: Socket): void {
  try {
    socket.setRecvBufferSize(receiveBufferBytes);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_SOCKET_BUFFER_SIZE") throw error;
  }
}

/** A link-local address, of a host or a group, means nothing without its interface. */
function scoped(address: string, { name }: MulticastInterface): string {
  return /^(?:fe[89ab]|ff[0-9a-f][12]:)/i.test(address) ? `${address}%${name}` : address;
}

function openError(options: DatagramSocketOptions, cause: unknown): TransportError {
  const { via, group } = options;
  const { code = "", message } = cause as NodeJS.ErrnoException;
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: canReusePort
      ? "another program has this port for itself, or another user does; stop it or use another port"
      : `another program has this port and shares it only by SO_REUSEPORT, as libzmq does, which Node ${process.versions.node} cannot; use Node 22.12 or newer, or another port`,
    EADDRNOTAVAIL: "the system does not know this address; on Windows a group cannot be bound",
    ENODEV: `${via.name} cannot join groups; name another interface`,
    ENOBUFS: "the system allows no more groups (Linux: net.ipv4.igmp_max_memberships)",
    EMFILE: "the process has too many files open; raise its limit (ulimit -n)",
    EACCES: "the system does not allow it; a port below 1024 needs a privilege",
  };
  const why = reasons[code] ?? message;
  return new TransportError(`cannot open UDP ${where(options)}: ${why}`, {
    cause,
    details: { group, interface: via.name, code },
  });
}

function where({ address, port, via, group }: DatagramSocketOptions): string {
  const at = address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
  return group === undefined || group === address
    ? `${at} on ${via.name}`
    : `${at} for ${group} on ${via.name}`;
}
