// Reads the environment: secrets from their files where asked to, every problem at once.
import type { Problem } from './config.ts';
import { Environment, isRequired, type VariableName, variableMeta, variableNames } from './environment-schema.ts';
import type { ReadFile } from './local-files.ts';
import { didYouMean } from './problems.ts';
import { repositoryProblems } from './repository.ts';

export type Variables = Readonly<Record<string, string | undefined>>;

export type EnvironmentResult =
  | { readonly ok: true; readonly values: Environment }
  | { readonly ok: false; readonly problems: readonly Problem[] };

const largestSecret = 64 * 1024;

export function readEnvironment(variables: Variables, readFile: ReadFile): EnvironmentResult {
  const gathered: Partial<Record<VariableName, string>> = {};
  const problems: Problem[] = [];
  const failed = new Set<VariableName>();
  for (const name of variableNames) {
    const found = gather(name, variables, readFile);
    if (found === null) continue;
    if (typeof found === 'string') gathered[name] = found;
    else {
      failed.add(name);
      problems.push(found);
    }
  }
  const parsed = Environment.safeParse(gathered);
  const wrong = new Set(failed);
  for (const issue of parsed.error?.issues ?? []) {
    const name = variableNames.find((one) => one === issue.path[0]);
    // Several issues of one variable say the same thing in other words.
    if (name === undefined || wrong.has(name)) continue;
    wrong.add(name);
    problems.push(describe(name, gathered[name] === undefined ? missing(name, variables) : issue.message));
  }
  const url = wrong.has('MANIFEST_REPO_URL') ? undefined : gathered.MANIFEST_REPO_URL;
  problems.push(...repositoryProblems(url ?? null, (name) => gathered[name] !== undefined || failed.has(name)));
  if (parsed.success && problems.length === 0) return { ok: true, values: parsed.data };
  const order = (problem: Problem) => variableNames.findIndex((name) => problem.where.startsWith(name));
  problems.sort((a, b) => order(a) - order(b));
  return { ok: false, problems };
}

/** The text of one variable, null where it is unset, or why it cannot be had. */
function gather(name: VariableName, variables: Variables, readFile: ReadFile): string | null | Problem {
  const text = setOrNull(variables[name]);
  if (variableMeta(name).secret !== true) return text;
  const fileName = `${name}_FILE`;
  const path = setOrNull(variables[fileName]);
  if (path === null) return text;
  if (text !== null) return { where: `${name}, ${fileName}`, what: 'are both set: keep one of them' };
  const read = readFile(path, largestSecret);
  const example = `${fileName}=/run/secrets/${name.toLowerCase()}`;
  if (!read.ok) return { where: fileName, what: `names a file that ${read.what}`, example };
  const trimmed = read.text.replace(/[\r\n]+$/, '');
  return trimmed === '' ? { where: fileName, what: 'names a file that is empty', example } : trimmed;
}

/** A path that is judged further even where other variables are wrong, so that all problems are told in the same breath. */
export function pathVariable(name: 'CONFIG_FILE' | 'KUBECONFIG', variables: Variables): string | null {
  return setOrNull(variables[name]);
}

/** Compose files and Kubernetes templates leave variables empty where nothing is meant. */
function setOrNull(text: string | undefined): string | null {
  return text === undefined || text === '' ? null : text;
}

function describe(name: VariableName, what: string): Problem {
  return { where: name, what, example: `${name}=${variableMeta(name).example}` };
}

function missing(name: VariableName, variables: Variables): string {
  const strangers = Object.keys(variables).filter((one) => !variableNames.some((known) => known === one));
  const near = isRequired(name) ? didYouMean(name, strangers) : null;
  const or = variableMeta(name).secret === true ? `, nor is ${name}_FILE` : '';
  return `is not set${or}${near === null ? '' : `; ${near} is, was ${name} meant?`}`;
}
