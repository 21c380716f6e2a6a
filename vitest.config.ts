import { defineConfig } from "vitest/config";
import { leftOut } from "./scripts/left-out.js";

// A test imports "plexo" as users do and gets src, to which package.json leads under this condition.
const conditions = ["plexo-source", "node"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts", "scripts/**/*.test.ts"],
    exclude: ["test/interop/**"],
    reporters: ["default", leftOut],
  },
});
