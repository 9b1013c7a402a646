// The workflows of manifests/ci as values, and their steps run as a runner does, with what is outside (podman, ssh) played by a script.
import { execFile } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { z } from 'zod';
import { textOf } from './everything.ts';

const Step = z.looseObject({
  name: z.string().optional(),
  uses: z.string().optional(),
  run: z.string().optional(),
  env: z.record(z.string(), z.string()).default({}),
  with: z.record(z.string(), z.unknown()).default({}),
});
const Job = z.looseObject({
  'runs-on': z.string(),
  'timeout-minutes': z.number(),
  permissions: z.record(z.string(), z.string()).optional(),
  needs: z.string().optional(),
  if: z.string().optional(),
  environment: z.string().optional(),
  env: z.record(z.string(), z.string()).default({}),
  steps: z.array(Step),
});
const Workflow = z.looseObject({
  permissions: z.record(z.string(), z.string()),
  defaults: z.object({ run: z.object({ shell: z.string() }) }),
  concurrency: z.object({ group: z.string(), 'cancel-in-progress': z.boolean() }),
  jobs: z.record(z.string(), Job),
});
export type Workflow = z.infer<typeof Workflow>;
export type Step = z.infer<typeof Step>;

export const workflowNames = ['build-deploy.yml', 'check.yml'] as const;

export function workflow(name: (typeof workflowNames)[number]): Workflow {
  return Workflow.parse(parse(textOf(`ci/${name}`)));
}

/** @throws Error where the job has no such step. */
export function stepOf({ jobs }: Workflow, job: string, name: string): Step {
  const found = jobs[job]?.steps.find((step) => step.name === name);
  if (found === undefined) throw new Error(`the job ${job} has no step "${name}"`);
  return found;
}

/** A program of that name in a folder, whose text is a script of the shell. */
export async function standIn(folder: string, name: string, script: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, name), `#!/bin/bash\n${script}\n`);
  await chmod(join(folder, name), 0o755);
}

/** Runs a step as GitHub's runner does with `shell: bash`. */
export async function runStep(
  step: Step,
  options: { readonly cwd: string; readonly path: string; readonly env?: Readonly<Record<string, string>> },
): Promise<{ code: number; stdout: string; stderr: string }> {
  const env = { ...options.env, PATH: [options.path, process.env['PATH']].join(delimiter), HOME: options.cwd };
  const args = ['--noprofile', '--norc', '-eo', 'pipefail', '-c', step.run ?? 'exit 99'];
  return promisify(execFile)('bash', args, { cwd: options.cwd, env, maxBuffer: 2 ** 24 }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({ code, stdout, stderr }),
  );
}
