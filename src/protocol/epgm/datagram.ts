/** Datagrams as they come from the sockets and go to them. */

export interface IncomingDatagram {
  readonly bytes: Uint8Array;
  /** The sender's IP address, 4 or 16 bytes. */
  readonly from: Uint8Array;
}

/** A datagram to be sent, to the group or to one host, in either case to the endpoint's port. */
export interface SendDatagram {
  readonly kind: "send";
  readonly bytes: Uint8Array;
  /** An IP address, 4 or 16 bytes. */
  readonly to: Uint8Array | "group";
}
