/** The temperature sensor: every place where the Linux kernel measures. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { unlessRefused } from "./refusal.ts";

export interface Place {
  readonly name: string;
  readonly celsius: number;
}

/**
 * Sources: the kernel's documentation of the classes thermal and hwmon in sysfs. Both give
 * thousandths of a degree Celsius. A zone has `type` and `temp`; a chip has a `name`, and for each
 * place a `tempN_input` and perhaps a `tempN_label`. What cannot be read now is left out.
 * @param root Where the classes are; other than the default in tests.
 */
export async function readTemperatures(root = "/sys/class"): Promise<Place[]> {
  const zones = await entriesOf(join(root, "thermal"), /^thermal_zone\d+$/);
  const chips = await entriesOf(join(root, "hwmon"), /^hwmon\d+$/);
  const places = await Promise.all([...zones.map(readZone), ...chips.map(readChip)]);
  return places.flat();
}

async function readZone(directory: string): Promise<Place[]> {
  return placeOf(await readLine(join(directory, "type")), await readLine(join(directory, "temp")));
}

async function readChip(directory: string): Promise<Place[]> {
  const chip = await readLine(join(directory, "name"));
  const inputs = await entriesOf(directory, /^temp\d+_input$/);
  const places = inputs.map(async (input) => {
    const label = await readLine(input.replace(/_input$/, "_label"));
    const name = [chip, label].filter((part) => part !== undefined).join(" ");
    return placeOf(name, await readLine(input));
  });
  return (await Promise.all(places)).flat();
}

/** None where there is no number, nor where a driver shows one below absolute zero for "unknown". */
function placeOf(name: string | undefined, thousandths: string | undefined): Place[] {
  const celsius = Number(thousandths) / 1000;
  return celsius >= -273.15 ? [{ name: name ?? "unnamed", celsius }] : [];
}

/** The paths in a directory whose names match, in the order of their numbers. */
async function entriesOf(directory: string, pattern: RegExp): Promise<string[]> {
  const names = (await readdir(directory).catch(unlessRefused)) ?? [];
  return names
    .filter((name) => pattern.test(name))
    .sort((one, other) => one.localeCompare(other, "en", { numeric: true }))
    .map((name) => join(directory, name));
}

async function readLine(path: string): Promise<string | undefined> {
  const text = (await readFile(path, "utf8").catch(unlessRefused)) ?? "";
  return text.trim() === "" ? undefined : text.trim();
}
