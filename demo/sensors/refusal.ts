/** What a system says that has no such sensor, or a driver that cannot read it now. */

/** For `catch`: nothing for an error of the system; any other is thrown again. */
export function unlessRefused(cause: unknown): undefined {
  // Which errors drivers give is not written down: ENOENT, EIO, ENODATA, EAGAIN, EACCES …
  if (cause instanceof Error && "syscall" in cause) return undefined;
  throw cause;
}
