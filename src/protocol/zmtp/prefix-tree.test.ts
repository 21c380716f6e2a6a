import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type PrefixNode, PrefixTree } from "./prefix-tree.ts";

type Tree = PrefixTree<string>;
type Node = PrefixNode<string>;

function bytes(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, "latin1"));
}

function hold(tree: Tree, ...prefixes: readonly string[]): void {
  for (const prefix of prefixes) tree.obtain(bytes(prefix)).hold("holder");
}

function letGo(tree: Tree, ...prefixes: readonly string[]): void {
  for (const prefix of prefixes) {
    const node = tree.find(bytes(prefix)) as Node;
    node.leave(0);
    tree.release(node);
  }
}

/** The longest node for a topic, and all above it. */
function way(tree: Tree, topic: string): Node[] {
  const nodes: Node[] = [];
  let node: Node | undefined = tree.longest(bytes(topic));
  for (; node !== undefined; node = node.parent) nodes.push(node);
  return nodes;
}

function texts(nodes: readonly Node[]): string[] {
  return nodes.map(({ text, holders }) => (holders.length > 0 ? text : `(${text})`));
}

/** All there are of up to 4 bytes, of which the least and the greatest are two. */
const alphabet = ["\x00", "a", "\xff"];
const allTopics = [0, 1, 2, 3].reduce(
  (shorter) => [...shorter, ...shorter.flatMap((text) => alphabet.map((end) => text + end))],
  [""],
);

describe("PrefixTree", () => {
  test("prefixes part where they differ, and the part between is one step", () => {
    const tree: Tree = new PrefixTree();
    hold(tree, "dev.brewery.Temperature", "dev.brewery.Tank", "dev.brewery", "dev.bakery");
    expect(texts(way(tree, "dev.brewery.Tank.json"))).toEqual([
      "dev.brewery.Tank",
      "(dev.brewery.T)",
      "dev.brewery",
      "(dev.b)",
      "()",
    ]);
    expect(texts(way(tree, "dev.brew"))).toEqual(["(dev.b)", "()"]);
    expect(texts(way(tree, "dev"))).toEqual(["()"]);
  });

  test("what nobody needs any more is taken out", () => {
    const tree: Tree = new PrefixTree();
    hold(tree, "ab", "abcd", "abce");
    letGo(tree, "abcd");
    expect(texts(way(tree, "abce"))).toEqual(["abce", "ab", "()"]);
    letGo(tree, "ab");
    expect(texts(way(tree, "abce"))).toEqual(["abce", "()"]);
    letGo(tree, "abce");
    expect(way(tree, "abce")[0]?.childCount).toBe(0);
  });

  test("a prefix that others go on from stays only while somebody holds it", () => {
    const tree: Tree = new PrefixTree();
    hold(tree, "a", "ab");
    letGo(tree, "a");
    expect(texts(way(tree, "ab"))).toEqual(["ab", "()"]);
    expect(tree.find(bytes("a"))).toBeUndefined();
  });

  test("the root stays, also as the prefix that is empty", () => {
    const tree: Tree = new PrefixTree();
    hold(tree, "");
    expect(texts(way(tree, "x"))).toEqual([""]);
    letGo(tree, "");
    expect(texts(way(tree, "x"))).toEqual(["()"]);
  });

  test("a prefix longer than any stack has arguments", () => {
    const tree: Tree = new PrefixTree();
    const long = "x".repeat(1_000_000);
    hold(tree, long);
    expect(tree.find(bytes(long))?.text).toBe(long);
  });

  test("of those who hold one prefix any may leave", () => {
    const node = new PrefixTree<string>().obtain(bytes("a"));
    expect([node.hold("one"), node.hold("two"), node.hold("three")]).toEqual([0, 1, 2]);
    expect(node.leave(0)).toBe("three");
    expect(node.holders).toEqual(["three", "two"]);
    expect(node.leave(1)).toBeUndefined();
    expect(node.leave(0)).toBeUndefined();
    expect(node.holders).toEqual([]);
  });

  test("whatever is held and let go: all prefixes of a topic are found, and no node is idle", () => {
    const prefixes = fc.array(fc.constantFrom(...alphabet), { maxLength: 4 });
    fc.assert(
      fc.property(fc.array(prefixes, { maxLength: 30 }), (steps) => {
        const tree: Tree = new PrefixTree();
        const held = new Set<string>();
        for (const step of steps) {
          const prefix = step.join("");
          if (held.delete(prefix)) {
            letGo(tree, prefix);
          } else {
            hold(tree, prefix);
            held.add(prefix);
          }
        }
        for (const topic of allTopics) {
          const nodes = way(tree, topic);
          const found = nodes.filter(({ holders }) => holders.length > 0);
          expect(found.map(({ text }) => text).sort()).toEqual(
            [...held].filter((prefix) => topic.startsWith(prefix)).sort(),
          );
          const idle = nodes.filter(({ holders, childCount, parent }) => {
            return parent !== undefined && holders.length === 0 && childCount < 2;
          });
          expect(idle).toEqual([]);
        }
      }),
    );
  });
});
