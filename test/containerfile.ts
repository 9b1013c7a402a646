// The Containerfile as its instructions, for tests that compare it with what the bot needs.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../scripts/check/run-tool.ts';

export interface Instruction {
  /** In capitals: FROM, RUN, COPY … */
  readonly name: string;
  /** What follows it, continued lines joined by a blank. */
  readonly value: string;
}

export interface Stage {
  /** As in `FROM … AS name`; empty for the last one. */
  readonly name: string;
  readonly base: string;
  readonly instructions: readonly Instruction[];
}

/** Arguments before the first stage, by name, and the stages in order. */
export function containerfile(): { args: ReadonlyMap<string, string>; stages: readonly Stage[] } {
  const lines = readFileSync(join(root, 'Containerfile'), 'utf8')
    .split('\n')
    .filter((line) => !/^\s*(#|$)/.test(line))
    .join('\n')
    .replaceAll(/\s*\\\n\s*/g, ' ')
    .split('\n');
  const args = new Map<string, string>();
  const stages: { name: string; base: string; instructions: Instruction[] }[] = [];
  for (const line of lines) {
    const [, name = '', value = ''] = /^([A-Z]+) (.*)$/.exec(line) ?? [];
    const stage = stages.at(-1);
    if (name === 'FROM') {
      const [, base = '', as = ''] = /^(\S+)(?: AS (\S+))?$/.exec(value) ?? [];
      stages.push({ name: as, base, instructions: [] });
    } else if (stage !== undefined) stage.instructions.push({ name, value });
    else args.set(...split(value));
  }
  return { args, stages };
}

/** The values of all instructions of this name in a stage; the last stage without one. */
export function valuesOf(name: string, stage?: string): string[] {
  const { stages } = containerfile();
  const found = stage === undefined ? stages.at(-1) : stages.find((one) => one.name === stage);
  return (found?.instructions ?? []).flatMap((one) => (one.name === name ? [one.value] : []));
}

/** `ENV A=1 B=2` of the last stage. */
export function imageEnvironment(): Record<string, string> {
  return Object.fromEntries(valuesOf('ENV').flatMap((value) => value.split(' ').map(split)));
}

function split(assignment: string): [string, string] {
  const at = assignment.indexOf('=');
  return [assignment.slice(0, at), assignment.slice(at + 1)];
}
