/** The life of a session, as a table. */

export type SessionState = "idle" | "greeting" | "handshake" | "knocking" | "traffic" | "closed";
export type SessionEvent = "started" | "greeted" | "knocked" | "readied" | "closed";

/**
 * idle: nothing sent. greeting: own greeting sent, the peer's not complete. handshake: the
 * mechanism's commands. knocking: the peer has said all, and waits to be let in. traffic: messages
 * and commands. closed: for good, by whatever cause.
 */
const transitions: Readonly<Record<SessionState, Partial<Record<SessionEvent, SessionState>>>> = {
  idle: { started: "greeting", closed: "closed" },
  greeting: { greeted: "handshake", closed: "closed" },
  handshake: { knocked: "knocking", readied: "traffic", closed: "closed" },
  knocking: { readied: "traffic", closed: "closed" },
  traffic: { closed: "closed" },
  closed: { closed: "closed" },
};

/** The state that `event` leads to; an event that cannot be is a defect of the session. */
export function nextState(state: SessionState, event: SessionEvent): SessionState {
  const next = transitions[state][event];
  if (next === undefined) throw new Error(`session ${state} cannot be ${event}`);
  return next;
}
