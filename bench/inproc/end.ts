/** One run of one rival of the in-process bench: `end.js RIVAL JOB`. */
import process from "node:process";
import { reportDone } from "../wire/reporting.ts";
import type { Job } from "./job.ts";
import { type Reading, rivals } from "./rivals.ts";

const warmUpLoops = 10;

const [, , name = "", jobText = ""] = process.argv;
const setUp = rivals[name];
if (setUp === undefined) throw new Error(`no rival is named ${name}`);
// The bench has put a Job there.
const { reactants, messages } = JSON.parse(jobText) as Job;

const reading: Reading = { celsius: 11.4 };
let sum = 0;
const add = Array.from({ length: reactants }, () => ({ celsius }: Reading): void => {
  sum += celsius;
});
const send = await setUp(add);
for (let index = 0; index < warmUpLoops; index++) sendAll(Math.ceil(messages / warmUpLoops));

const sumBefore = sum;
const start = process.hrtime.bigint();
sendAll(messages);
const elapsedNs = Number(process.hrtime.bigint() - start);
checkSum(sum - sumBefore, messages * reactants);
await reportDone(elapsedNs);

function sendAll(count: number): void {
  for (let index = 0; index < count; index++) send(reading);
}

function checkSum(added: number, calls: number): void {
  if (Math.abs(added - calls * reading.celsius) > 1)
    throw new Error(`${calls} calls added ${added}`);
}
