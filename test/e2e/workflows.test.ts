// The scripts of manifests/ci's workflows, as shellcheck reads them.
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { expect, test } from '@jest/globals';
import { workflow, workflowNames } from '../manifests/workflows.ts';

const scripts = workflowNames.flatMap((name) =>
  Object.values(workflow(name).jobs)
    .flatMap(({ steps }) => steps)
    .flatMap(({ name: step = '', run }) => (run === undefined ? [] : [[`${name}: ${step}`, run] as const])),
);

test('there are scripts to read', () => {
  expect(scripts.length).toBeGreaterThan(5);
});

test.each(scripts)('%s', async (_name, script) => {
  // As the runner starts it.
  expect(await shellcheck(`#!/bin/bash\nset -eo pipefail\n${script}`)).toBe('');
});

test('shellcheck finds what is wrong', async () => {
  expect(await shellcheck('#!/bin/bash\necho $UNQUOTED')).toContain('SC2086');
});

async function shellcheck(script: string): Promise<string> {
  const child = spawn('shellcheck', ['-'], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(script);
  return text(child.stdout);
}
