/** The summary: what was sent, received and lost. */
import type { Audit } from "../accounts/audit.ts";
import type { Line } from "./line.ts";

/** Room for a name of a receiver and a blank, or for a count. */
const columnWidth = 9;

export function summaryOf({ receivers, rows, complaints }: Audit): Line[] {
  const names = rows.map(({ topic }) => typeNameOf(topic));
  const nameWidth = Math.max(...names.map((name) => name.length), "in all".length);
  const line = (name: string, cells: readonly (string | number)[]): string =>
    name.padEnd(nameWidth) + cells.map((cell) => `${cell}`.padStart(columnWidth)).join("");
  const sent = sum(rows.map((row) => row.sent));
  const received = receivers.map((_, index) => sum(rows.map((row) => row.received[index] ?? 0)));
  const lost = sum(rows.map((row) => row.lost));
  return [
    [{ text: line("", ["sent", ...receivers, "lost"]), format: "bold" }],
    ...rows.map((row, index): Line => {
      const cells = row.received.map((count) => count ?? "-");
      return [line(names[index] ?? "", [row.sent, ...cells, row.lost])];
    }),
    [{ text: line("in all", [sent, ...received, lost]), format: "bold" }],
    [],
    ...(complaints.length === 0 ? [verdict] : complaints.map(complaintLine)),
  ];
}

const verdict: Line = [
  { text: "All arrived, once each and in order, at everyone who takes it.", format: "green" },
];

function complaintLine(complaint: string): Line {
  return [{ text: complaint, format: "red" }];
}

/** `dev.plexo.demo.LoadReading.json` gives `LoadReading`. */
function typeNameOf(topic: string): string {
  return topic.split(".").at(-2) ?? topic;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
