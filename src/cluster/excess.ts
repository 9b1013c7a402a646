// Which of an account's rights go beyond acting as the three levels. Pure.
import type { Level } from '../access/level.ts';
import { seenAs } from '../lib/seen-as.ts';
import type { Rule } from './review-schema.ts';

/** What every account of a cluster may (system:basic-user and system:cluster-trust-bundle-discovery). */
const everybodys: readonly (readonly [group: string, resource: string, verbs: readonly string[]])[] = [
  ['authorization.k8s.io', 'selfsubjectaccessreviews', ['create']],
  ['authorization.k8s.io', 'selfsubjectrulesreviews', ['create']],
  ['authentication.k8s.io', 'selfsubjectreviews', ['create']],
  ['certificates.k8s.io', 'clustertrustbundles', ['get', 'list', 'watch']],
];

/** @returns each as `get, list pods` or `impersonate users (all)`; in the order of the rules, each once. */
export function excessOf(rules: readonly Rule[], levels: readonly Level[]): readonly string[] {
  const acted = new Set(levels.map((level) => seenAs({ level, discordUser: '' }).user));
  const excess = rules.flatMap(({ verbs, apiGroups, resources, resourceNames }) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) => {
        const more = verbs.filter((verb) => !isExpected(group, resource, verb, resourceNames, acted));
        if (more.length === 0) return [];
        if (group === '*' && resource === '*' && more.includes('*')) return ['everything'];
        const what = group === '' || group === '*' ? resource : `${resource}.${group}`;
        const names = resourceNames.length === 0 ? '' : ` (${resourceNames.slice(0, 3).join(', ')})`;
        return [`${more.join(', ')} ${what}${names}`];
      }),
    ),
  );
  return [...new Set(excess)];
}

function isExpected(
  group: string,
  resource: string,
  verb: string,
  names: readonly string[],
  acted: ReadonlySet<string>,
): boolean {
  if (everybodys.some(([of, what, verbs]) => of === group && what === resource && verbs.includes(verb))) return true;
  if (verb !== 'impersonate') return false;
  if (group === 'authentication.k8s.io' && resource === 'userextras/discord-user') return true;
  if (group !== '' || (resource !== 'users' && resource !== 'groups')) return false;
  return names.length > 0 && names.every((one) => acted.has(one));
}
