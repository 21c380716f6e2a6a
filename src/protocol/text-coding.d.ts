// The part of the WHATWG Encoding Standard that this folder uses: it is compiled without the types
// of any platform, and every platform has these two.
declare class TextEncoder {
  encode(text: string): Uint8Array<ArrayBuffer>;
}
declare class TextDecoder {
  constructor(label: "utf-8", options: { fatal: boolean; ignoreBOM: boolean });
  decode(bytes: Uint8Array): string;
}
