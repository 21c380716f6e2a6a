/** Prints where the newest Node of a line is, and fetches it if need be: `print-node.js 24`. */
import process from "node:process";
import { obtainNode } from "./obtain-node.js";

console.log(obtainNode(process.argv[2] ?? ""));
