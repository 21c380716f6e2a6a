/**
 * IncidentRation: what goes wrong over and over is told some times singly, then added up.
 *
 * Whoever can reach a ganglion can make things go wrong there, a million times if need be. Told one by
 * one they would do more harm than by themselves. So of incidents of one kind, about one topic, or for
 * one cause from one host or address that is connected to, twenty are told as they come. What follows
 * is told together, as one with their count, at the end of a period: of ten seconds at first and, while
 * it goes on, of twice as long each time, an hour at most. When none has come for a whole period the
 * next one is news again.
 */
import { PlexoError } from "../../errors.ts";
import type { Incident } from "../../incident.ts";
import type { StreamAddress } from "../../io/address.ts";
import { Alarm } from "../../io/alarm.ts";
import { type Clock, systemClock } from "../../io/clock.ts";

const singlyMaxDefault = 20;
const periodMsMin = 10_000;
const periodMsMax = 3_600_000;
/** Topics and hosts of one kind that are told apart: a peer can make up any number of them. */
const seriesMax = 16;
/** The subject of all others. */
const mixed = "";

/** Incidents that are the same thing again and again. */
interface Series {
  /** Whether it stands for all topics and hosts beyond those that are told apart. */
  readonly isMixed: boolean;
  /** How many were told as they came, and how many of the others there are to tell. */
  toldCount: number;
  untoldCount: number;
  /** Whether any has come in this period. */
  isGoingOn: boolean;
  /** The last of those that were not told. */
  last: Incident | undefined;
  periodMs: number;
  /** When the period is over. */
  endsMs: number;
}

export class IncidentRation {
  readonly #tell: (incident: Incident) => void;
  readonly #clock: Clock;
  readonly #singlyMax: number;
  readonly #alarm: Alarm;
  /** By kind and, for messages, reason; then by what `subjectOf` says. */
  readonly #series = new Map<string, Map<string, Series>>();
  #isOver = false;

  /** @param singlyMax How many of one kind are told as they come. */
  constructor(
    tell: (incident: Incident) => void,
    clock: Clock = systemClock,
    singlyMax: number = singlyMaxDefault,
  ) {
    this.#tell = tell;
    this.#clock = clock;
    this.#singlyMax = singlyMax;
    this.#alarm = new Alarm(clock, () => this.#ring());
    // Whether the process lives is for the connections to say.
    this.#alarm.unref();
  }

  /**
   * Tells it, or adds it to those that will be told.
   * @param address What was connected to, where it is about a connection that this end made.
   */
  take(incident: Incident, address?: StreamAddress): void {
    if (this.#isOver) {
      this.#tell(incident);
      return;
    }
    const series = this.#seriesOf(incident, address);
    series.isGoingOn = true;
    if (series.toldCount < this.#singlyMax) {
      series.toldCount += 1;
      this.#tell(incident);
    } else {
      series.untoldCount += incident.count ?? 1;
      series.last = incident;
    }
  }

  /** Tells what is still to be told; from now on all are told as they come. */
  end(): void {
    this.#isOver = true;
    this.#alarm.set(undefined);
    for (const bySubject of this.#series.values()) {
      for (const series of bySubject.values()) this.#tellRest(series);
    }
    this.#series.clear();
  }

  #seriesOf(incident: Incident, address: StreamAddress | undefined): Series {
    const { kind, reason } = incident;
    const group = reason ?? kind;
    let bySubject = this.#series.get(group);
    if (bySubject === undefined) {
      bySubject = new Map();
      this.#series.set(group, bySubject);
    }
    const own = subjectOf(incident, address);
    const subject = bySubject.has(own) || bySubject.size < seriesMax ? own : mixed;
    return bySubject.get(subject) ?? this.#begin(bySubject, subject);
  }

  #begin(bySubject: Map<string, Series>, subject: string): Series {
    const series: Series = {
      isMixed: subject === mixed,
      toldCount: 0,
      untoldCount: 0,
      isGoingOn: true,
      last: undefined,
      periodMs: periodMsMin,
      endsMs: this.#clock.nowMs() + periodMsMin,
    };
    bySubject.set(subject, series);
    this.#setAlarm();
    return series;
  }

  #ring(): void {
    const nowMs = this.#clock.nowMs();
    for (const [group, bySubject] of this.#series) {
      for (const [subject, series] of bySubject) {
        if (series.endsMs > nowMs) continue;
        if (!series.isGoingOn) {
          bySubject.delete(subject);
          continue;
        }
        this.#tellRest(series);
        series.isGoingOn = false;
        series.periodMs = Math.min(2 * series.periodMs, periodMsMax);
        series.endsMs = nowMs + series.periodMs;
      }
      if (bySubject.size === 0) this.#series.delete(group);
    }
    this.#setAlarm();
  }

  #tellRest(series: Series): void {
    const { last, untoldCount: count, isMixed } = series;
    if (last === undefined) return;
    series.last = undefined;
    series.untoldCount = 0;
    const { topic: _topic, remote: _remote, ...ofAll } = last;
    const message = `${count} more since the last one told, the last of them: ${last.message}`;
    this.#tell({ ...(isMixed ? ofAll : last), count, message });
  }

  #setAlarm(): void {
    const ends = [...this.#series.values()].flatMap((bySubject) =>
      [...bySubject.values()].map(({ endsMs }) => endsMs),
    );
    this.#alarm.set(ends.length === 0 ? undefined : Math.min(...ends));
  }
}

/** What makes two incidents of one kind the same thing again. */
function subjectOf({ topic, remote, cause }: Incident, address: StreamAddress | undefined): string {
  if (topic !== undefined) return topic;
  const details = cause instanceof PlexoError ? cause.details : {};
  // Of one that could not be reached the cause has the address.
  const given = address ?? details["address"];
  const isHostOnly = address === undefined && remote !== undefined;
  const where = isHostOnly ? hostOf(remote) : JSON.stringify(given);
  // Which error it is shows in what details it has; their values are often the peer's to choose.
  return `${where} ${Object.keys(details).join()}`;
}

/** Without its port, of which a peer that connects has another each time. A path has none. */
function hostOf(remote: string): string {
  return remote.replace(/:\d+$/, "");
}
