/** What the benches of the npm package `zeromq` share. */

interface Bindable {
  readonly lastEndpoint: string | null;
  bind(address: string): Promise<void>;
}

/** Resolves to the port; 0 stands for any free one. */
export async function bindLoopback(socket: Bindable, port: number): Promise<number> {
  await socket.bind(`tcp://127.0.0.1:${port === 0 ? "*" : port}`);
  return Number(socket.lastEndpoint?.split(":").at(-1));
}

/** Calls `onPayload` with the last frame of each message, for as long as the socket is open. */
export async function receiveAll(
  socket: AsyncIterable<readonly Uint8Array[]>,
  onPayload: (payload: Uint8Array) => void,
): Promise<void> {
  for await (const frames of socket) {
    const payload = frames[frames.length - 1];
    if (payload !== undefined) onPayload(payload);
  }
}
