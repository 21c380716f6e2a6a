/** Scene: what there is to see, whatever it is shown on. */
import type { Alert, Stamp, Tally } from "../types.ts";
import { alertText } from "./wording.ts";

/** The latest of one kind of reading. */
export interface Row {
  readonly about: string;
  readonly sender: string;
  readonly text: string;
  /** The last few values, oldest first, and what they are shown against: see `sparkline`. */
  readonly values: readonly number[];
  readonly top: number | undefined;
  /** How many its sender has sent. */
  readonly count: number;
  readonly hasLeft: boolean;
}

export interface News {
  readonly kind: "joined" | "left" | "alert";
  /** Since the scene was made. */
  readonly afterMs: number;
  readonly text: string;
}

/** What a reading has to show. */
export interface Sight {
  readonly about: string;
  readonly text: string;
  readonly value: number;
  readonly top?: number;
}

/** How many values a row keeps. */
export const valuesMax = 20;
/** From this number on, a sender has been there for a while. */
const settledNumber = 5;

export class Scene {
  readonly #startMs: number;
  readonly #rows = new Map<string, Row>();
  #news: News[] = [];

  /** @param nowMs Of any clock, as all times here. */
  constructor(nowMs: number) {
    this.#startMs = nowMs;
  }

  /** One for each kind of reading, in the order in which they were first seen. */
  get rows(): readonly Row[] {
    return [...this.#rows.values()];
  }

  afterMs(nowMs: number): number {
    return nowMs - this.#startMs;
  }

  reading({ about, text, value, top }: Sight, { sender, number }: Stamp, nowMs: number): void {
    const before = this.#rows.get(about);
    if (before?.sender !== sender) this.#joined(sender, nowMs);
    this.#rows.set(about, {
      about,
      sender,
      text,
      values: [...(before?.values ?? []), value].slice(-valuesMax),
      top,
      count: number,
      hasLeft: false,
    });
  }

  alert(alert: Alert, nowMs: number): void {
    this.#tell("alert", alertText(alert), nowMs);
  }

  /** @param isComplete True if all has been seen here that the sender has sent. */
  tally({ sender, sent }: Tally, isComplete: boolean, nowMs: number): void {
    for (const row of this.rows) {
      if (row.sender === sender) this.#rows.set(row.about, { ...row, hasLeft: true });
    }
    const count = Object.values(sent).reduce((total, each) => total + each, 0);
    const messages = count === 1 ? "1 message" : `${count} messages`;
    const seen = isComplete ? "all seen here" : "not all seen here";
    this.#tell("left", `${sender} has left after ${messages}, ${seen}`, nowMs);
  }

  /** What has happened since this was asked last, oldest first. */
  takeNews(): readonly News[] {
    const news = this.#news;
    this.#news = [];
    return news;
  }

  #joined(sender: string, nowMs: number): void {
    const isMidway = this.rows.some(({ count }) => count >= settledNumber);
    const remark = isMidway ? "; nothing was reconfigured" : "";
    this.#tell("joined", `${sender} has joined${remark}`, nowMs);
  }

  #tell(kind: News["kind"], text: string, nowMs: number): void {
    this.#news.push({ kind, text, afterMs: this.afterMs(nowMs) });
  }
}
