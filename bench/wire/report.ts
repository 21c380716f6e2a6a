/**
 * What an end of a wire bench says, in whatever language it is written.
 *
 * An end is a program whose last argument is its job, as JSON. It writes its reports to standard
 * output, a line of JSON each, in the order of the kinds below. A publisher begins when it gets a line
 * of standard input. When its standard input ends it
 * closes and ends: if it is done then, the other ends are done as well; if not, whoever started it
 * is gone.
 */
export type Report =
  /** It takes connections, on this port of 127.0.0.1. */
  | { readonly kind: "listening"; readonly port: number }
  /** Subscribers: whatever is published from now on comes through. */
  | { readonly kind: "subscribed" }
  /** It has sent, or received, everything. 0 from an end that does not hold the clock. */
  | { readonly kind: "done"; readonly elapsedNs: number };
