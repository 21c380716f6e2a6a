import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { leftOut } from "./scripts/left-out.js";

// A test imports "plexo" as users do and gets src: of what the package exports, what it is built from.
const manifest = JSON.parse(readFileSync("package.json", "utf8")) as {
  readonly exports: Readonly<Record<string, string | { readonly default: string }>>;
};
const alias = Object.entries(manifest.exports).flatMap(([key, target]) => {
  if (typeof target === "string") return [];
  const source = target.default.replace("./dist/", "./src/").replace(/\.js$/, ".ts");
  return {
    find: new RegExp(`^${key.replace(".", "plexo")}$`),
    replacement: fileURLToPath(new URL(source, import.meta.url)),
  };
});

export default defineConfig({
  resolve: { alias },
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts", "scripts/**/*.test.ts"],
    exclude: ["test/interop/**"],
    // No test is meant to take a second; on a machine that does much else, one may take many.
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // Most wait for sockets and programs most of the time: with one worker for each processor but one,
    // the default, all take twice as long on a machine of two.
    maxWorkers: availableParallelism() + 1,
    reporters: ["default", leftOut],
  },
});
