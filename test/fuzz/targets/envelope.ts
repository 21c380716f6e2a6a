import { inspect, isDeepStrictEqual } from "node:util";
import { PeerError } from "../../../src/errors.ts";
import { readAnyLayout } from "../../../src/protocol/envelope/any-layout.ts";
import { noFields } from "../../../src/protocol/envelope/fields.ts";
import { readUsualLayout } from "../../../src/protocol/envelope/usual-layout.ts";
import { type EnvelopeId, EnvelopeReader, encodeEnvelope } from "../../../src/protocol/envelope.ts";
import { Span } from "../../../src/protocol/span.ts";
import { decodeTopic } from "../../../src/protocol/topic-text.ts";
import { type ReferenceEnvelope, readByReference } from "../../envelope/reference-reader.ts";
import { messageTarget } from "../message-target.ts";
import { asciiTokens, Finding, type FuzzTarget, hexTokens } from "../target.ts";

interface Envelope {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly id: EnvelopeId | undefined;
}

export const envelope: FuzzTarget = messageTarget<Envelope>({
  dictionary: [
    ...asciiTokens("dev.plexo.A.json\0", "a\0"),
    // Pointers: to a struct of 2 pointers, with 3 words of data; to lists; far and double far.
    ...hexTokens("0000000000000200", "0000000003000200", "010000000a000000", "0500000012000000"),
    ...hexTokens("0200000000000000", "0200000001000000", "0600000001000000", "0a00000001000000"),
    ...hexTokens("0000000000000000", "ffffffffffffffff", "01000000", "feffffff", "fdffffff"),
  ],
  decode(bytes) {
    checkShortWay(bytes);
    const reader = new EnvelopeReader();
    const refusal = refusalOf(() => {
      reader.read(Span.of(bytes));
      decodeTopic(reader.topic);
    });
    compare(refusal === undefined ? reader : undefined, readByReference(bytes));
    if (refusal !== undefined) throw refusal;
    const { originHigh, originLow, sequence, hops } = reader;
    return {
      topic: decodeTopic(reader.topic),
      payload: reader.payload,
      id: reader.labelled ? { originHigh, originLow, sequence, hops } : undefined,
    };
  },
  encode: ({ topic, payload, id }) => encodeEnvelope(topic, payload, id),
});

function refusalOf(read: () => void): PeerError | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    if (error instanceof PeerError) return error;
    throw error;
  }
}

/** What the short way reads, the long way reads alike. */
function checkShortWay(bytes: Uint8Array): void {
  const shortly = noFields();
  if (!readUsualLayout(Span.of(bytes), shortly)) return;
  const atLength = noFields();
  const refusal = refusalOf(() => readAnyLayout(Span.of(bytes), atLength));
  if (refusal === undefined && isDeepStrictEqual(shortly, atLength)) return;
  throw new Finding(
    "readers agree",
    `the short way: ${inspect(shortly)}, the long way: ${inspect(refusal ?? atLength)}`,
  );
}

/** Of undefined ones the bytes were refused. */
function compare(
  reader: EnvelopeReader | undefined,
  reference: ReferenceEnvelope | undefined,
): void {
  const ours = reader && {
    topic: reader.topic.bytes,
    payload: reader.payload,
    id: reader.labelled ? referenceIdOf(reader) : undefined,
  };
  if (isDeepStrictEqual(ours, reference)) return;
  throw new Finding("readers agree", `${inspect(ours)}, the reference ${inspect(reference)}`);
}

function referenceIdOf({
  originHigh,
  originLow,
  sequence,
  hops,
}: EnvelopeId): ReferenceEnvelope["id"] {
  const origin =
    (BigInt.asUintN(32, BigInt(originHigh)) << 32n) | BigInt.asUintN(32, BigInt(originLow));
  return { origin, sequence: BigInt(sequence), hops };
}
