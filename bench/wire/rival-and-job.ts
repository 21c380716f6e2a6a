import process from "node:process";

interface RivalAndJob<Rival, Job> {
  readonly rival: Rival;
  readonly job: Job;
}

/**
 * What this process was started for, `end.js RIVAL JOB`.
 * @param loads Each rival is loaded alone: what another brings along is none of its business.
 */
export async function rivalAndJob<Rival, Job>(
  loads: Readonly<Record<string, () => Promise<Rival>>>,
): Promise<RivalAndJob<Rival, Job>> {
  const [, , name = "", jobText = ""] = process.argv;
  const load = loads[name];
  if (load === undefined) throw new Error(`no rival is named ${name}`);
  // The bench has put a Job there.
  return { rival: await load(), job: JSON.parse(jobText) as Job };
}
