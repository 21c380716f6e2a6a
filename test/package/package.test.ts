import { readdir, readFile, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { EmptyProject, manifest } from "./empty-project.ts";

const entryPoints = Object.keys(manifest.exports)
  .filter((key) => key !== "./package.json")
  .map((key) => key.replace(".", manifest.name));
const installedBytesMax = 2_000_000;

// Each test starts Node, npm or the compiler, beside which other tests run.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let project: EmptyProject;
beforeAll(async () => {
  project = await EmptyProject.withPlexo();
});
afterAll(() => project[Symbol.asyncDispose]());

test("the package holds the build, the licence and no test", async () => {
  const folder = project.path("node_modules/plexo");
  const files = await readdir(folder, { recursive: true });
  expect(files).toEqual(expect.arrayContaining(["LICENSE", "dist/index.js", "dist/index.d.ts"]));
  expect(files.filter((file) => file.includes(".test."))).toEqual([]);
  const folders = files.filter((file) => !/[/.]/.test(file) && file !== "LICENSE");
  expect(folders).toEqual(["dist"]);
});

test("its package.json has nothing that is for its development only", async () => {
  const text = await readFile(project.path("node_modules/plexo/package.json"), "utf8");
  const packed = JSON.parse(text) as Record<string, unknown>;
  for (const field of ["scripts", "devDependencies", "allowScripts"]) {
    expect(manifest).toHaveProperty(field);
    expect(packed).not.toHaveProperty(field);
  }
  const { name, version, exports, dependencies, peerDependencies } = manifest;
  expect(packed).toMatchObject({ name, version, exports, dependencies, peerDependencies });
});

test(`with all it requires it takes less than ${installedBytesMax} bytes`, async () => {
  const folder = project.path("node_modules");
  const stats = await Promise.all(
    (await readdir(folder, { recursive: true })).map((file) => stat(`${folder}/${file}`)),
  );
  const bytes = stats.filter((file) => file.isFile()).reduce((sum, { size }) => sum + size, 0);
  expect(bytes).toBeLessThan(installedBytesMax);
});

test("the command runs and tells the package's version", async () => {
  expect(await project.node("node_modules/.bin/plexo", "--version")).toBe(`${manifest.version}\n`);
});

test.each(entryPoints)(
  "%s can be imported where no optional package is installed",
  async (name) => {
    const program = `console.log(Object.keys(await import("${name}")).length)`;
    expect(Number(await project.node("--input-type=module", "--eval", program))).toBeGreaterThan(0);
  },
);

describe("without sockets and libraries", () => {
  const names = ["plexo", "plexo/json", "plexo/json-schema"];

  // Node's own start may load some of these, so what counts is what the import adds. Asked before
  // anything is printed: printing loads sockets.
  test.each(names)("%s loads no module that opens one", async (name) => {
    const program = `
      const before = new Set(process.moduleLoadList);
      await import("${name}");
      const added = process.moduleLoadList.filter((entry) => !before.has(entry));
      console.log(added.map((entry) => entry.replace("NativeModule ", "")).join("\\n"));`;
    const added = (await project.node("--input-type=module", "--eval", program)).split("\n");
    const openers = ["net", "tls", "dgram", "dns", "http", "https", "http2"];
    expect(openers.filter((module) => added.includes(module))).toEqual([]);
  });

  test.each(names)("%s loads no other package", async (name) => {
    const trace = "loaded.txt";
    await project.write(trace, "");
    await project.write(
      "trace.mjs",
      `import { appendFileSync } from "node:fs";
      export async function resolve(name, context, next) {
        const resolved = await next(name, context);
        appendFileSync("${trace}", resolved.url + "\\n");
        return resolved;
      }`,
    );
    await project.write(
      "start.mjs",
      'import { register } from "node:module"; register("./trace.mjs", import.meta.url);',
    );
    await project.write("entry.mjs", `import "${name}";`);
    await project.node("--import", "./start.mjs", "entry.mjs");
    const loaded = (await readFile(project.path(trace), "utf8")).trim().split("\n");
    const packages = loaded.flatMap(
      (url) => /\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1] ?? [],
    );
    expect(new Set(packages)).toEqual(new Set(["plexo"]));
  });
});

test("its types hold in a strict project of another", async () => {
  await project.link([...Object.keys(manifest.peerDependencies), "@types/node", "undici-types"]);
  const imports = entryPoints.map((name, index) => `import * as entry${index} from "${name}";`);
  const names = entryPoints.map((_, index) => `entry${index}`);
  await project.write(
    "consumer.ts",
    [...imports, `export const entries: readonly object[] = [${names.join(", ")}];`].join("\n"),
  );
  await project.write(
    "tsconfig.json",
    JSON.stringify({
      compilerOptions: {
        strict: true,
        exactOptionalPropertyTypes: true,
        noEmit: true,
        module: "NodeNext",
        target: "ES2022",
        lib: ["ES2022", "ESNext.Disposable"],
        types: ["node"],
        skipLibCheck: false,
      },
      files: ["consumer.ts"],
    }),
  );
  const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");
  expect(await project.node(tsc, "-p", ".")).toBe("");
});
