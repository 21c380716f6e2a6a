/** Which of the sensors that not every machine has are here. */
import { readInterfaces } from "./network.ts";
import { readTemperatures } from "./temperature.ts";

export interface SensorsHere {
  readonly network: boolean;
  readonly temperature: boolean;
}

export async function findSensors(): Promise<SensorsHere> {
  return {
    network: (await readInterfaces()) !== undefined,
    temperature: (await readTemperatures()).length > 0,
  };
}
