/** The messages of the demo in words. */
import type {
  Alert,
  LoadReading,
  MemoryReading,
  NetworkReading,
  TemperatureReading,
} from "../types.ts";
import { bytesText, celsiusText, rateText, shareText } from "./quantity.ts";

export function loadText({ busy, cores, loadAverage }: LoadReading): string {
  const average = loadAverage === undefined ? "" : `, load average ${loadAverage.toFixed(2)}`;
  return `${shareText(busy)} of ${cores} cores${average}`;
}

export function memoryText({ usedBytes, totalBytes }: MemoryReading): string {
  return `${bytesText(usedBytes)} of ${bytesText(totalBytes)}`;
}

export function networkText(reading: NetworkReading): string {
  const { receivedBytesPerSecond, sentBytesPerSecond, busiest } = reading;
  const where = busiest === "" ? "" : ` (${busiest})`;
  return `${rateText(receivedBytesPerSecond)} in, ${rateText(sentBytesPerSecond)} out${where}`;
}

export function temperatureText({ places }: TemperatureReading): string {
  const warmest = places.reduce((one, other) => (other.celsius > one.celsius ? other : one));
  const others = places.length > 1 ? `, warmest of ${places.length}` : "";
  return `${celsiusText(warmest.celsius)} at ${warmest.name}${others}`;
}

const unitTexts = {
  load: shareText,
  memory: shareText,
  network: rateText,
  temperature: celsiusText,
} as const;

export function alertText({ about, rule, value, reference }: Alert): string {
  const text = unitTexts[about];
  const comparison = rule === "change" ? "lately" : "limit";
  return `${about} ${text(value)}, ${comparison} ${text(reference)}`;
}
