/** A program that keeps to the launcher's protocol as far as its arguments say, and does no more. */
import process from "node:process";

const habits = process.argv.slice(2);
const tally = {
  sender: `puppet-${process.pid}`,
  number: 1,
  at: "2020-01-01T00:00:00.000Z",
  sent: { "dev.plexo.test.Tide.json": 1 },
};

process.on("message", ({ kind, holder, tallies }) => {
  if (kind === "open-seat") {
    // The seat's URL, so that a test can see it arrive.
    process.send({ kind: "seat", holder, url: `pair://127.0.0.1:1?for=${holder}` });
  }
  if (kind === "end" && !habits.includes("stays")) end(tallies);
});
if (habits.includes("ready")) process.send({ kind: "ready", topics: Object.keys(tally.sent) });
if (habits.includes("unread")) process.send({ kind: "unread" });
if (habits.includes("crashes")) crash();

function end(tallies) {
  if (habits.includes("fails")) crash();
  const receipts = tallies.map(({ sender }) => ({
    sender,
    topic: "dev.plexo.test.Tide.json",
    received: 1,
    highest: 1,
    gaps: [],
    repeated: 0,
    disordered: 0,
  }));
  const report = habits.includes("sends") ? { tally } : { receipts };
  if (!habits.includes("says nothing")) process.send({ kind: "done", ...report });
  process.disconnect();
}

function crash() {
  console.error(`out of order: ${habits.join(" ")}`);
  process.exit(3);
}
