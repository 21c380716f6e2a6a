/** What a case of the ganglion suite is, and what it asks of the transport under test. */

import type { Ganglion } from "../../ganglion/ganglion.ts";
import type { GanglionOptions } from "../../ganglion/options.ts";

/** What a ganglion says it can do; the suite never asks its name. */
export interface Capabilities {
  /**
   * Messages leave the process, and each peer is a ganglion of its own. Where it is false all peers
   * of a world are one ganglion, which hands over the very values.
   */
  readonly external: boolean;
  /** What a peer sends reaches its own reactants too. */
  readonly hearsItself: boolean;
  /** What is sent to a peer that is ready arrives, once, as long as no queue is full. */
  readonly reliable: boolean;
  /** What arrives from one sender arrives in the order sent. */
  readonly ordered: boolean;
  /** More than two peers can be joined, and each hears all others. */
  readonly manyPeers: boolean;
  /** A peer is brought what it never asked for too, so that it can count it; else it is spared. */
  readonly bringsAll: boolean;
  /** The id of a message goes with it. */
  readonly carriesIds: boolean;
  /** It knows how many receivers there are, so that `ready` can wait for them. */
  readonly knowsReceivers: boolean;
  /** A receiver whose queue is full, with policy `block`, makes the sender wait. */
  readonly backPressure: boolean;
  /** All topics come by one stream: a receiver that blocks pauses them all. */
  readonly oneStream: boolean;
  /** A peer can be lost without a word, and another one can take its place. */
  readonly peersVanish: boolean;
}

/** A network of its own for one case, empty at first. */
export interface GanglionWorld {
  readonly capabilities: Capabilities;
  /**
   * Opens a ganglion with `options`. Resolves when it is joined to the open peers of this world, or
   * at once where they have no place for it. Where all peers are one ganglion, further calls give
   * the same one and their options do not count.
   */
  peer(options?: GanglionOptions): Promise<Ganglion>;
  /**
   * Resolves when nothing moves: each message taken so far is with a reactant, in its queue, or
   * counted as dropped, and what reactants do at once is done. Not to be called while a reactant
   * holds up the others by a full queue.
   */
  settle(): Promise<void>;
  /**
   * Takes a peer away as a crash would; there is room for another one when it resolves. Where
   * `peersVanish` holds.
   */
  vanish?(peer: Ganglion): Promise<void>;
  /** Closes every peer that is still open, and whatever else there is. */
  close(): Promise<void>;
}

/** One rule that every ganglion keeps, and the proof of it. */
export interface GanglionCase {
  /** A sentence about ganglia, for the title of a test. */
  readonly name: string;
  /** Runs where the ganglion can do this. */
  readonly needs?: keyof Capabilities;
  /** Runs where the ganglion cannot do this, and proves what happens instead. */
  readonly lacks?: keyof Capabilities;
  /** Rejects with an AssertionError if the ganglion breaks the rule. */
  readonly run: (world: GanglionWorld) => Promise<void>;
}
