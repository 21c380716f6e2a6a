/** A program that keeps to the launcher's protocol as far as its arguments say, and does no more. */
import process from "node:process";

const habits = process.argv.slice(2);
const topic = "dev.plexo.test.Tide.json";

process.on(
  "message",
  (/** @type {import("../../demo/launch/protocol.ts").ToProgram} */ message) => {
    if (message.kind === "audience" && habits.includes("boasts")) {
      console.error(JSON.stringify(message.receivers));
      crash();
    }
    if (message.kind === "end" && !habits.includes("stays")) end(message.tallies);
  },
);
if (habits.includes("ready"))
  tell({ kind: "ready", topics: habits.includes("sends") ? [] : [topic] });
if (habits.includes("unread")) tell({ kind: "unread" });
if (habits.includes("crashes")) crash();
if (habits.includes("is interrupted")) process.kill(process.pid, "SIGINT");

/** One that sends has sent one message; one that receives has received one of each sender. */
function end(/** @type {readonly { readonly sender: string }[]} */ tallies) {
  if (habits.includes("fails")) crash();
  const sender = `puppet-${process.pid}`;
  const tally = { sender, number: 1, at: "2020-01-01T00:00:00.000Z", sent: { [topic]: 1 } };
  const progress = { received: 1, highest: 1, gaps: [], repeated: 0, disordered: 0 };
  const receipts = tallies.map((each) => ({ sender: each.sender, topic, ...progress }));
  const report = habits.includes("sends") ? { tally } : { receipts };
  const hangUp = () => process.disconnect();
  if (habits.includes("says nothing")) setImmediate(hangUp);
  else tell({ kind: "done", ...report }, hangUp);
}

function tell(
  /** @type {import("../../demo/launch/protocol.ts").FromProgram} */ message,
  told = () => {},
) {
  process.send?.(message, told);
}

function crash() {
  console.error(`out of order: ${habits.join(" ")}`);
  process.exit(3);
}
