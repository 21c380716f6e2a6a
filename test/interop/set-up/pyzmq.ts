/** Bare sockets of libzmq by pyzmq, from PyPI. */
import type { Peer } from "../peer.ts";
import { setUpInPython } from "./environment.ts";

/** @throws {MissingPeer} (rejects) if there is no Python for it, or it cannot be installed. */
export function setUpPyzmq(): Promise<Peer> {
  return setUpInPython(
    "pyzmq",
    `
import platform, zmq
print("pyzmq", zmq.pyzmq_version(), "with libzmq", zmq.zmq_version(),
      "on Python", platform.python_version(), "- envelopes packed by hand")
`,
  );
}
