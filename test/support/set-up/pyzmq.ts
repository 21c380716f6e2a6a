/** Bare sockets of libzmq by pyzmq, from PyPI. */
import { type PythonEnvironment, setUpPythonEnvironment } from "./python-environment.ts";

/** @throws {MissingPeer} (rejects) if there is no Python for it, or it cannot be installed. */
export function setUpPyzmq(): Promise<PythonEnvironment> {
  return setUpPythonEnvironment(
    "pyzmq",
    `
import platform, zmq
print("pyzmq", zmq.pyzmq_version(), "with libzmq", zmq.zmq_version(),
      "on Python", platform.python_version())
`,
  );
}
