/** The heading: who takes part. */
import type { Cast } from "../launch/play.ts";
import type { SensorsHere } from "../sensors/here.ts";
import type { Line } from "./line.ts";

export function headingOf(cast: Cast, here: SensorsHere, forever: boolean): Line[] {
  const names = (roles: readonly { readonly name: string }[]): string =>
    roles.map(({ name }) => name).join(", ");
  const absent = Object.entries(here).filter(([, isHere]) => !isHere);
  return [
    [{ text: "plexo demo", format: "bold" }, ": processes joined by the types of their messages"],
    [`  senders    ${names(cast.sensors)}; ${cast.guest.name} comes midway and goes again`],
    [`  receivers  ${names([...cast.derivers, ...cast.observers])}`],
    ...absent.map(([name]): Line => [`  no ${name} sensor: this system shows nothing of the kind`]),
    [
      {
        text: forever ? "  Ctrl-C ends it" : "  ends by itself in some ten seconds",
        format: "dim",
      },
    ],
    [],
  ];
}
