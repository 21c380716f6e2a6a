/**
 * A libzmq PAIR in a process of its own, so that a test can stop it: connects to the endpoint given,
 * sends the message given in hex, and prints what it receives in hex, a line each.
 */
import process from "node:process";
import { Pair } from "zeromq";

const [endpoint = "", messageHex = ""] = process.argv.slice(2);
const pair = new Pair({ linger: 0 });
pair.connect(endpoint);
await pair.send(Buffer.from(messageHex, "hex"));
for await (const [frame] of pair) console.log(frame?.toString("hex"));
