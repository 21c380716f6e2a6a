/** The table of the results: a row for each two peers, a column for each plot and codec. */
import { otherAct } from "./encounter.ts";
import type { FormName } from "./foos.ts";
import { type InteropCase, plots, roles } from "./interop-case.ts";
import type { Transport } from "./peer.ts";

export interface Outcome {
  readonly case: InteropCase;
  readonly ok: boolean;
}

interface Column {
  /** As the plots have it. */
  readonly name: string;
  readonly form: FormName;
}

const gap = "  ";
const forms: readonly FormName[] = ["json", "json-alias", "string"];
const codecs: Readonly<Record<FormName, string>> = {
  json: "json",
  "json-alias": "alias",
  string: "string",
};

/** The heads of the first two columns: over pub/sub who publishes always binds. */
const heads: Readonly<Record<Transport, readonly [string, string]>> = {
  pair: roles.pair,
  pubsub: ["publishes (binds)", "subscribes (connects)"],
};

/** Lines of text: a table for each transport. A cell is how many of its cases have passed. */
export function tablesOf(outcomes: readonly Outcome[]): readonly string[] {
  return [...tableOf("pair", outcomes), ...tableOf("pubsub", outcomes)];
}

/** What the heads of the columns stand for. */
export function legendOf(outcomes: readonly Outcome[]): readonly string[] {
  const played = plots.filter((plot) => outcomes.some((each) => each.case.plot === plot));
  return aligned(played.map(({ column, what }) => [column, what]));
}

function tableOf(transport: Transport, all: readonly Outcome[]): readonly string[] {
  const outcomes = all.filter((each) => each.case.setting.transport === transport);
  if (outcomes.length === 0) return [];
  const columns = columnsOf(outcomes);
  const names = columns.map(({ name }, index) => (columns[index - 1]?.name === name ? "" : name));
  const rows = new Set(outcomes.map((each) => rowOf(each).join(gap)));
  return [
    "",
    `${transport}:`,
    ...aligned([
      ["", "", ...names],
      [...heads[transport], ...columns.map(({ form }) => codecs[form])],
      ...[...rows].map((row) => {
        const here = outcomes.filter((each) => rowOf(each).join(gap) === row);
        return [...row.split(gap), ...columns.map((column) => cellOf(here, column))];
      }),
    ]),
  ];
}

function columnsOf(outcomes: readonly Outcome[]): readonly Column[] {
  const names = [...new Set(plots.map(({ column }) => column))];
  const columns = names.flatMap((name) => forms.map((form) => ({ name, form })));
  return columns.filter((column) => outcomes.some((each) => isIn(column, each)));
}

/** Who listens, and who connects. */
function rowOf({ case: { setting } }: Outcome): readonly [string, string] {
  return [setting[setting.binder].name, setting[otherAct(setting.binder)].name];
}

function cellOf(row: readonly Outcome[], column: Column): string {
  const outcomes = row.filter((each) => isIn(column, each));
  const passed = outcomes.filter(({ ok }) => ok).length;
  if (outcomes.length === 0) return "·";
  return passed === outcomes.length ? String(passed) : `${passed} of ${outcomes.length}`;
}

function isIn({ name, form }: Column, { case: { plot, setting } }: Outcome): boolean {
  return plot.column === name && setting.form === form;
}

/** Each column as wide as its widest cell. */
function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join(gap)
      .trimEnd(),
  );
}
