import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

function textOf(path: string): string {
  return readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
}

test("the README's first program is the example that the tests run", () => {
  const example = textOf("examples/brewery.ts");
  const program = example.slice(example.indexOf("import"));
  expect(textOf("README.md")).toContain(`\`\`\`ts\n${program}\`\`\``);
});
