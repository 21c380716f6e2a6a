/** The original of plexo, from PyPI. */
import { type PythonEnvironment, setUpPythonEnvironment } from "./python-environment.ts";

/** @throws {MissingPeer} (rejects) if there is no Python for it, or it cannot be installed. */
export function setUpOriginal(): Promise<PythonEnvironment> {
  return setUpPythonEnvironment(
    "original",
    `
import importlib.metadata, platform, zmq
import plexo.codec.json_codec, plexo.ganglion.tcp_pair, plexo.ganglion.tcp_pubsub
print("plexo", importlib.metadata.version("plexo"), "for Python, on", platform.python_version(),
      "with pyzmq", zmq.pyzmq_version(), "and libzmq", zmq.zmq_version())
`,
  );
}
