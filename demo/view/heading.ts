/** The heading: who takes part. */
import type { Meeting } from "../launch/meeting.ts";
import type { Cast } from "../launch/play.ts";
import type { SensorsHere } from "../sensors/here.ts";
import { demo } from "../types.ts";
import type { Line } from "./line.ts";

export function headingOf(
  cast: Cast,
  here: SensorsHere,
  meeting: Meeting,
  { forever }: { readonly forever: boolean },
): Line[] {
  const names = (roles: readonly { readonly name: string }[]): string =>
    roles.map(({ name }) => name).join(", ");
  const absent = Object.entries(here).filter(([, isHere]) => !isHere);
  return [
    [{ text: "plexo demo", format: "bold" }, ": processes joined by the types of their messages"],
    [`  senders    ${names(cast.sensors)}; ${cast.guest.name} comes midway and goes again`],
    [`  receivers  ${names([...cast.derivers, ...cast.observers])}`],
    [`  transport  ${meeting.place}`],
    ...absent.map(([name]): Line => [`  no ${name} sensor: this system shows nothing of the kind`]),
    ...endOf(cast, meeting, forever).map((text): Line => [{ text, format: "dim" }]),
    [],
  ];
}

function endOf({ sensors }: Cast, meeting: Meeting, forever: boolean): string[] {
  if (!forever) return ["  ends by itself in some ten seconds"];
  const invitations = sensors
    .slice(0, 1)
    .map(({ name }) => `  npx plexo echo '${demo.path}.>' --via '${meeting.urlToHear(name)}'`);
  return ["  Ctrl-C ends it; to listen too, in another terminal:", ...invitations];
}
