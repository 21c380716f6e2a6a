import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { conditions: ["plexo-source"] },
  ssr: { resolve: { conditions: ["plexo-source"] } },
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    exclude: ["test/interop/**", "node_modules/**"],
    reporters: ["default"],
  },
});
