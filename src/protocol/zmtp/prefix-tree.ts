/**
 * PrefixTree: byte prefixes with those who hold them; one walk along a topic finds all that it
 * begins with. It is a radix tree: runs of bytes that nobody branches in are one step.
 */

/** A prefix that somebody holds, or one where longer ones part. */
export class PrefixNode<H> {
  /**
   * The whole prefix, a character for each byte: a short string takes less memory than a short
   * array. What it has beyond the parent's is the step from there to here.
   */
  readonly text: string;
  /** Undefined for the root only, which is the empty prefix. */
  parent: PrefixNode<H> | undefined;
  #holders: H[] = [];
  /** Ascending by the byte that follows; no two have the same. */
  readonly #children: PrefixNode<H>[] = [];

  constructor(text: string, parent: PrefixNode<H> | undefined) {
    this.text = text;
    this.parent = parent;
  }

  /** In no particular order. */
  get holders(): readonly H[] {
    return this.#holders;
  }

  /** @returns The place of the new one among the holders. */
  hold(holder: H): number {
    if (this.#holders.length > 0) return this.#holders.push(holder) - 1;
    // Most have one, and `push` would make room for 17.
    this.#holders = [holder];
    return 0;
  }

  /**
   * Takes away the holder at `place`.
   * @returns The one that stands there now, which was the last before; undefined if nobody does.
   */
  leave(place: number): H | undefined {
    const last = this.#holders.pop();
    if (last === undefined || place === this.#holders.length) return undefined;
    this.#holders[place] = last;
    return last;
  }

  get childCount(): number {
    return this.#children.length;
  }

  /** The child whose step begins with `byte`, if there is one. */
  child(byte: number | undefined): PrefixNode<H> | undefined {
    if (byte === undefined) return undefined;
    const child = this.#children[this.#placeOf(byte)];
    return child !== undefined && this.#stepOf(child) === byte ? child : undefined;
  }

  /** Makes `node` a child, in place of the one that had its byte. */
  adopt(node: PrefixNode<H>): void {
    const byte = this.#stepOf(node);
    const isPlaceTaken = this.child(byte) !== undefined;
    this.#children.splice(this.#placeOf(byte), isPlaceTaken ? 1 : 0, node);
    node.parent = this;
  }

  disown(child: PrefixNode<H>): void {
    this.#children.splice(this.#placeOf(this.#stepOf(child)), 1);
  }

  /** A child, where there is just one. */
  get onlyChild(): PrefixNode<H> | undefined {
    return this.#children.length === 1 ? this.#children[0] : undefined;
  }

  #stepOf(child: PrefixNode<H>): number {
    return child.text.charCodeAt(this.text.length);
  }

  /** Where in the children the one with `byte` is, or would be. */
  #placeOf(byte: number): number {
    let low = 0;
    let high = this.#children.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      // "as": below `high`, so it is there.
      if (this.#stepOf(this.#children[middle] as PrefixNode<H>) < byte) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

export class PrefixTree<H> {
  readonly #root = new PrefixNode<H>("", undefined);

  /**
   * The node of the longest prefix that `topic` begins with. Its ancestors are those of all others
   * that it begins with. Looks at each byte of the topic twice at most.
   */
  longest(topic: Uint8Array): PrefixNode<H> {
    let node = this.#root;
    for (;;) {
      const depth = node.text.length;
      const next = node.child(topic[depth]);
      if (next === undefined || sharedLength(next.text, topic, depth) < next.text.length) {
        return node;
      }
      node = next;
    }
  }

  /** The node of this very prefix, if there is one. */
  find(prefix: Uint8Array): PrefixNode<H> | undefined {
    const node = this.longest(prefix);
    return node.text.length === prefix.length ? node : undefined;
  }

  /** The node of this very prefix, made where there was none. Give it a holder, or `release` it. */
  obtain(prefix: Uint8Array): PrefixNode<H> {
    const above = this.longest(prefix);
    const depth = above.text.length;
    if (depth === prefix.length) return above;
    const rival = above.child(prefix[depth]);
    if (rival === undefined) return insert(prefix, above);
    // Half way to the rival the two part, if the prefix does not end there.
    const fork = insert(prefix.subarray(0, sharedLength(rival.text, prefix, depth)), above);
    fork.adopt(rival);
    return fork.text.length === prefix.length ? fork : insert(prefix, fork);
  }

  /** Takes out a node that is without holders, unless prefixes part there. */
  release(node: PrefixNode<H>): void {
    const parent = node.parent;
    if (parent === undefined || node.holders.length > 0 || node.childCount > 1) return;
    if (node.onlyChild !== undefined) {
      parent.adopt(node.onlyChild);
      return;
    }
    parent.disown(node);
    this.release(parent);
  }
}

function insert<H>(prefix: Uint8Array, parent: PrefixNode<H>): PrefixNode<H> {
  const node = new PrefixNode(textOf(prefix), parent);
  parent.adopt(node);
  return node;
}

/** How long the common start of both is; the first `from` bytes are known to be common. */
function sharedLength(text: string, bytes: Uint8Array, from: number): number {
  const lengthMax = Math.min(text.length, bytes.length);
  let length = from;
  while (length < lengthMax && text.charCodeAt(length) === bytes[length]) length++;
  return length;
}

// So many arguments fit on any stack.
const argumentsMax = 4_096;

/** A string of its own: parts of others would keep the whole of them in memory. */
function textOf(bytes: Uint8Array): string {
  const pieces: string[] = [];
  for (let at = 0; at < bytes.length; at += argumentsMax) {
    pieces.push(String.fromCharCode(...bytes.subarray(at, at + argumentsMax)));
  }
  return pieces.join("");
}
