// What the variables of the manifest repository must be together.
import type { Problem } from './config.ts';
import { addressKind } from './repository-schema.ts';

type Credential = 'MANIFEST_REPO_SSH_KEY' | 'MANIFEST_REPO_KNOWN_HOSTS' | 'MANIFEST_REPO_TOKEN';

/**
 * @param url where it is set and right, else null.
 * @param isSet whether a variable is given, as itself or as a file.
 */
export function repositoryProblems(url: string | null, isSet: (name: Credential) => boolean): Problem[] {
  const kind = url === null ? null : addressKind(url);
  const key = isSet('MANIFEST_REPO_SSH_KEY');
  const hosts = isSet('MANIFEST_REPO_KNOWN_HOSTS');
  const problems: Problem[] = [];
  if (kind === 'ssh' && !key && !hosts)
    problems.push({
      where: 'MANIFEST_REPO_URL',
      what: 'is an ssh address: it needs MANIFEST_REPO_SSH_KEY and MANIFEST_REPO_KNOWN_HOSTS, since no host is trusted at first sight',
      example: 'MANIFEST_REPO_SSH_KEY_FILE=/run/secrets/manifest_repo_ssh_key',
    });
  if (key && !hosts)
    problems.push(lacks('MANIFEST_REPO_KNOWN_HOSTS', 'MANIFEST_REPO_SSH_KEY', 'no host is trusted at first sight'));
  if (hosts && !key)
    problems.push(lacks('MANIFEST_REPO_SSH_KEY', 'MANIFEST_REPO_KNOWN_HOSTS', 'one is of no use without the other'));
  if (key && hosts && (kind === 'web' || kind === 'path'))
    problems.push({ where: 'MANIFEST_REPO_SSH_KEY', what: 'is set, but MANIFEST_REPO_URL is no ssh address' });
  if (isSet('MANIFEST_REPO_TOKEN') && (kind === 'ssh' || kind === 'path'))
    problems.push({ where: 'MANIFEST_REPO_TOKEN', what: 'is set, but MANIFEST_REPO_URL is no https address' });
  return problems;
}

function lacks(name: Credential, other: Credential, why: string): Problem {
  return {
    where: name,
    what: `is not set, nor is ${name}_FILE, but ${other} is: ${why}`,
    example: `${name}_FILE=/run/secrets/${name.toLowerCase()}`,
  };
}
