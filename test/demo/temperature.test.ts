import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readTemperatures } from "../../demo/sensors/temperature.ts";

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "plexo-temperature-"));
});

afterEach(async () => {
  await rm(root, { recursive: true });
});

/** Files as sysfs has them, by path. */
async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    const file = join(root, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
}

test("zones and chips are read, in the order of their numbers", async () => {
  await write({
    "thermal/thermal_zone10/type": "x86_pkg_temp\n",
    "thermal/thermal_zone10/temp": "71000\n",
    "thermal/thermal_zone2/type": "acpitz\n",
    "thermal/thermal_zone2/temp": "27800\n",
    "thermal/cooling_device0/type": "Processor\n",
    "hwmon/hwmon3/name": "coretemp\n",
    "hwmon/hwmon3/temp1_input": "70000\n",
    "hwmon/hwmon3/temp1_label": "Package id 0\n",
    "hwmon/hwmon3/temp1_max": "100000\n",
    "hwmon/hwmon4/name": "nvme\n",
    "hwmon/hwmon4/temp1_input": "38850\n",
    "hwmon/hwmon4/fan1_input": "1200\n",
  });
  expect(await readTemperatures(root)).toEqual([
    { name: "acpitz", celsius: 27.8 },
    { name: "x86_pkg_temp", celsius: 71 },
    { name: "coretemp Package id 0", celsius: 70 },
    { name: "nvme", celsius: 38.85 },
  ]);
});

test("what gives no temperature is left out", async () => {
  await write({
    "thermal/thermal_zone0/type": "iwlwifi_1\n",
    "thermal/thermal_zone1/type": "silent\n",
    "thermal/thermal_zone1/temp": "\n",
    "thermal/thermal_zone2/type": "unknown\n",
    "thermal/thermal_zone2/temp": "-274000\n",
    "thermal/thermal_zone3/type": "odd\n",
    "thermal/thermal_zone3/temp": "warm\n",
    "thermal/thermal_zone4/type": "frost\n",
    "thermal/thermal_zone4/temp": "-5000\n",
  });
  // A file that cannot be read as one.
  await mkdir(join(root, "thermal/thermal_zone0/temp"));
  expect(await readTemperatures(root)).toEqual([{ name: "frost", celsius: -5 }]);
});

test("a system without these classes has no temperatures", async () => {
  expect(await readTemperatures(join(root, "absent"))).toEqual([]);
});
