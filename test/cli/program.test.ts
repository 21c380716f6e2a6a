import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { TestShell } from "./shell.ts";

describe("plexo, called wrongly,", () => {
  test.each([
    [["ecoh"], /unknown command 'ecoh' \(Did you mean echo\?\); see plexo help$/],
    [["help", "ecoh"], /unknown command 'ecoh' \(Did you mean echo\?\); see plexo help$/],
    [["help", "x"], /unknown command 'x'; see plexo help$/],
    [["--vesion"], /unknown option '--vesion' \(Did you mean --version\?\)/],
    [["echo"], /missing required argument 'topic'; see plexo help echo$/],
    [["echo", "a.B.json", "--coutn", "3"], /unknown option '--coutn' \(Did you mean --count\?\)/],
    [["echo", "a.B.json", "--count", "0"], /'-n, --count <number>' argument '0' is invalid/],
    [["echo", "a.B.json", "--count", "1e3"], /argument '1e3' is invalid/],
    [["echo", "a.B.json", "--for", "ten"], /'--for <duration>' argument 'ten' is invalid/],
    [["echo", "a.B.json", "--via", "multicast://a/b"], /a\/b is no network with a prefix/],
    [["echo", "a..json", "--via", "pair://h:1"], /part "" of topic "a\.\.json" is empty/],
    [["echo", "a.>.json", "--via", "pair://h:1"], /part ">" of pattern "a\.>\.json" has ">" in it/],
    [
      ["echo", "a.B.json", "--via", "h:1"],
      /"h:1" is not the URL of a ganglion: it begins with none of: pair:/,
    ],
    [["echo", "a.B.json", "--via", "pair://h:99999"], /its port is 99999; .* from 0 to 65535$/],
    [["echo", "a.B.json", "--via", "pair://h:0"], /nobody can connect to port 0 of h/],
    [["echo", "a.B.json", "--via", "pair://h:1?bnd"], /its parameter bnd is not known/],
    [["send"], /missing required argument 'topic'; see plexo help send$/],
    [
      ["send", "a.B.json", "c.D.json"],
      /too many arguments for .send.\. Expected 1 argument but got 2; see plexo help send$/,
    ],
    [["send", "a.B.json", "--wait", "-1s"], /'--wait <duration>' argument '-1s' is invalid/],
    [
      ["send", "a.B.json", "--via", "multicast://?interface=no-such"],
      /no interface "no-such" with an IPv4 address; there are: lo/,
    ],
    [["send", "a.*.json", "--via", "pair://h:1"], /a\.\*\.json is a pattern/],
    [["send", "a. .json", "--via", "pair://h:1"], /part " " of topic "a\. \.json" has " " in it/],
    [["send", "a.B.capnp", "--via", "pair://h:1"], /codec capnp, which cannot be typed in/],
  ])("%j, ends with 2 and says so on one line", async (args, message) => {
    const { exitCode, stdout, stderr } = await new TestShell().run(...args);
    expect(stderr).toMatch(/^plexo: .*\n$/);
    expect(stderr.trimEnd()).toMatch(message);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
  });

  test("without a command, prints the help as an error", async () => {
    const { exitCode, stdout, stderr } = await new TestShell().run();
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toMatch(/^Usage: plexo /);
  });

  test("tells where from, if PLEXO_DEBUG is set", async () => {
    const shell = new TestShell();
    shell.env["PLEXO_DEBUG"] = "1";
    const { stderr } = await shell.run("send", "a.>", "--via", "pair://h:1");
    expect(stderr).toMatch(/^plexo: .*\nUsageError: .*\n {4}at /);
  });
});

describe("plexo, asked about itself,", () => {
  test("has the version of its package", async () => {
    const manifest: unknown = JSON.parse(readFileSync("package.json", "utf8"));
    const { exitCode, stdout } = await new TestShell().run("--version");
    expect(manifest).toMatchObject({ version: stdout.trim() });
    expect(exitCode).toBe(0);
  });

  test.each([
    [["help"], /^Usage: plexo \[options\]/],
    [["--help"], /Exit codes:/],
    [["help", "echo"], /^Usage: plexo echo \[options\] <topic\.\.\.>/],
    [["echo", "--help"], /\n {2}time {4}of arrival/],
    [["help", "send"], /default:\s+10s/],
  ])("%j, prints it and ends with 0", async (args, text) => {
    const { exitCode, stdout, stderr } = await new TestShell().run(...args);
    expect(stdout).toMatch(text);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  });

  test.each(["", "echo", "send"])("help %s lists the URLs of every transport", async (command) => {
    const { stdout } = await new TestShell().run("help", ...(command === "" ? [] : [command]));
    const schemes = ["pair", "pair+ipc", "pubsub", "pubsub+ipc"];
    for (const scheme of schemes) expect(stdout).toContain(`\n  ${scheme}://`);
  });

  test.each(["echo", "send"])(
    "help %s fits a terminal of 80 columns, its examples aside",
    async (command) => {
      const { stdout } = await new TestShell().run("help", command);
      const [reference] = stdout.split("\nExamples:");
      for (const line of reference?.split("\n") ?? []) expect(line.length).toBeLessThanOrEqual(80);
    },
  );
});
