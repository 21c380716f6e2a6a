import type { Span } from "../../../src/protocol/span.ts";
import type { Peer } from "../../../src/protocol/zmtp/handshake.ts";
import { Session, type SessionOptions } from "../../../src/protocol/zmtp/session.ts";
import { SubscriptionIndex } from "../../../src/protocol/zmtp/subscription-index.ts";
import { TopicMessageReader } from "../../../src/protocol/zmtp/topic-message-reader.ts";
import { streamTarget } from "../stream-target.ts";
import type { FuzzTarget } from "../target.ts";
import { commandNames, frameHeads, greeting, properties } from "./zmtp-tokens.ts";

/** Which end of which conversation the session is. */
export type Conversation = Pick<SessionOptions, "socketType" | "admission">;

/** A whole conversation, from the first byte of the greeting on, and what is made of its frames. */
export function sessionOf(conversation: Conversation): FuzzTarget {
  return streamTarget({
    dictionary: [greeting, ...commandNames, ...properties, ...frameHeads],
    open(note, wantsPause) {
      const owner = new Owner(conversation, note, wantsPause);
      return {
        push: (piece) => owner.session.receive(piece, 0),
        resume: () => owner.resume(),
        end: () => owner.end(),
      };
    },
  });
}

class Owner {
  readonly session: Session;
  readonly #note: (line: string) => void;
  readonly #wantsPause: () => boolean;
  readonly #subscriptions = new SubscriptionIndex<"peer">();
  #isPaused = false;
  #isKnocking = false;

  constructor(conversation: Conversation, note: (line: string) => void, wantsPause: () => boolean) {
    this.#note = note;
    this.#wantsPause = wantsPause;
    let messages: TopicMessageReader | undefined;
    this.session = new Session(
      {
        ...conversation,
        plexo: { version: "1", instanceId: "fuzz" },
        heartbeat: { intervalMs: 1_000, timeoutMs: 3_000, ttlMs: 0 },
        heartbeatWith: "ours",
      },
      {
        send: (bytes) => note(`sends ${hexOf(bytes)}`),
        knocks: (peer) => this.#knocks(peer),
        ready: (peer) => {
          if (conversation.socketType === "SUB") messages = this.#messagesFrom(peer);
          this.#tell(`ready ${describe(peer)}`);
        },
        frame: (body, more) => {
          messages?.frame(body, more);
          this.#tell(`frame ${hexOf(body.bytes)}${more ? " and more" : ""}`);
        },
        subscribe: (prefix) => {
          const isNew = this.#subscriptions.add("peer", prefix);
          this.#tell(
            `subscribe ${hexOf(prefix)} ${isNew} matches ${this.#subscriptions.match(prefix).length}`,
          );
        },
        cancel: (prefix) => {
          const wasThere = this.#subscriptions.remove("peer", prefix);
          this.#tell(
            `cancel ${hexOf(prefix)} ${wasThere} matches ${this.#subscriptions.match(prefix).length}`,
          );
        },
        pingContext: () => new Uint8Array(0),
        ping: (context) => this.#tell(`ping ${hexOf(context)}`),
        pong: (context) => this.#tell(`pong ${hexOf(context)}`),
      },
    );
    this.session.start(0);
  }

  /** @returns false if nothing had to be resumed. */
  resume(): boolean {
    const [wasPaused, wasKnocking] = [this.#isPaused, this.#isKnocking];
    this.#isPaused = false;
    this.#isKnocking = false;
    if (wasPaused) this.session.resume(0);
    if (wasKnocking) this.session.admit(0);
    return wasPaused || wasKnocking;
  }

  end(): void {
    this.#note(`${this.session.state}, wake at ${this.session.deadlineMs}`);
    this.#note(`ended: ${this.session.end()?.message}`);
  }

  /** Lets in whoever has said who it is, at once or later. */
  #knocks(peer: Peer | undefined): void {
    if (peer === undefined) return;
    this.#isKnocking = this.#wantsPause();
    if (!this.#isKnocking) this.session.admit(0);
  }

  #tell(line: string): void {
    this.#note(line);
    if (!this.#wantsPause()) return;
    this.#isPaused = true;
    this.session.pause();
  }

  #messagesFrom({ plexo }: Peer): TopicMessageReader {
    const sink = {
      message: (topic: Span, payload: Uint8Array, id: unknown) =>
        this.#note(`message ${hexOf(topic.bytes)} ${hexOf(payload)} ${JSON.stringify(id)}`),
      malformed: (cause: Error) => this.#note(`malformed: ${cause.message}`),
    };
    return new TopicMessageReader(sink, plexo !== undefined);
  }
}

function describe({ revision, socketType, plexo, metadata }: Peer): string {
  const shown = [...metadata].map(([name, value]) => `${name}=${hexOf(value)}`);
  return `${revision} ${socketType} ${plexo?.version} ${plexo?.instanceId} ${shown.join(" ")}`;
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("hex");
}
