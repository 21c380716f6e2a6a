/** A peer whose programs are in Python. */
import { resolve } from "node:path";
import type { PythonEnvironment } from "../../support/set-up/python-environment.ts";
import type { Peer } from "../peer.ts";

/**
 * Its programs stand in `test/interop/peers/NAME`.
 * @param remark What there is to say of them.
 */
export function peerInPython(
  name: Peer["name"],
  { python, description }: PythonEnvironment,
  remark?: string,
): Peer {
  const programs = resolve(`test/interop/peers/${name}`);
  return {
    name,
    description: remark === undefined ? description : `${description}, ${remark}`,
    // -B: no compiled files beside the sources.
    command: (program) => [python, "-B", `${programs}/${program}.py`],
  };
}
