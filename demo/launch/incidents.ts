/** What a program of the demo says of the things that go wrong with no caller to throw at. */
import type { Incident, Plexus } from "plexo";

/** Prints the incidents of `plexus` on standard error. */
export function printIncidents(plexus: Plexus): void {
  plexus.on("incident", (incident) => {
    if (!isExpected(incident)) console.error(textOf(incident));
  });
}

/** A sensor measures whether or not anybody asks for it, as when it was started by hand. */
function isExpected({ kind, reason }: Incident): boolean {
  return kind === "dropped" && reason === "unclaimed";
}

function textOf({ kind, message, topic }: Incident): string {
  const about = topic === undefined ? "" : ` (${topic})`;
  return `${kind}: ${message}${about}`;
}
