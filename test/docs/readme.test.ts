import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parseGanglionUrl } from "../../src/ganglion/url.ts";

function textOf(path: string): string {
  return readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
}

test("the README's first program is the example that the tests run", () => {
  const example = textOf("examples/brewery.ts");
  const program = example.slice(example.indexOf("import"));
  expect(textOf("README.md")).toContain(`\`\`\`ts\n${program}\`\`\``);
});

test("the page on simulation shows the example that the tests run", () => {
  const example = textOf("examples/simulated-network.ts");
  const program = example.slice(example.indexOf("import"));
  expect(textOf("docs/simulation.md")).toContain(`\`\`\`ts\n${program}\`\`\``);
});

test("the README has a row for every entry point of the package", () => {
  const manifest = JSON.parse(textOf("package.json")) as { readonly exports: object };
  const entryPoints = Object.keys(manifest.exports).filter((key) => key !== "./package.json");
  const readme = textOf("README.md");
  for (const key of entryPoints) expect(readme).toContain(`\n| \`plexo${key.slice(1)}\` |`);
});

test("the README has a row for every scheme of a URL", () => {
  let schemes = "";
  try {
    parseGanglionUrl("other://place");
  } catch (cause) {
    schemes = String(cause);
  }
  const known = schemes.match(/[a-z+]+:\/\/(?=,|$)/g) ?? [];
  expect(known).toContain("pair://");
  const readme = textOf("README.md");
  for (const scheme of known) expect(readme).toContain(`\n| \`${scheme}`);
});
