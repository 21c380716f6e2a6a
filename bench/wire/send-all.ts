/** How many messages are sent between two that are awaited, where not each has to be. */
const unawaited = 64;

export interface Sender {
  /** True where the next message must not be sent before the last one's promise is settled. */
  readonly awaitsEach: boolean;
  /** Sends the message with this number; a promise where it may have to wait for room. */
  send(index: number): undefined | Promise<void>;
}

export async function sendAll(sender: Sender, messages: number): Promise<void> {
  for (let index = 0; index < messages; index++) {
    const wait = sender.send(index);
    // Well below the bound of any queue, so that none is ever full without being waited for.
    if (wait !== undefined && (sender.awaitsEach || index % unawaited === 0)) await wait;
  }
}
