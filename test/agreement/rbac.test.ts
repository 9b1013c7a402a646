// What the commands say they use of Kubernetes is what manifests/chatops/rbac grants, no less and no more.
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { commands } from '../../commands/index.ts';
import { levels } from '../../src/access/level.ts';
import { rbacManifests } from '../rbac-manifests.ts';

const Rule = z.object({
  apiGroups: z.array(z.string()),
  resources: z.array(z.string()),
  verbs: z.array(z.string()),
  resourceNames: z.array(z.string()).optional(),
});

const Role = z.object({
  kind: z.literal('ClusterRole'),
  metadata: z.object({ name: z.string() }),
  rules: z.array(Rule),
});
const Binding = z.object({
  kind: z.literal('ClusterRoleBinding'),
  roleRef: z.object({ kind: z.literal('ClusterRole'), name: z.string() }),
  subjects: z.array(z.object({ kind: z.string(), name: z.string(), namespace: z.string().optional() })),
});

const manifests = rbacManifests();
const roles = new Map(
  manifests.flatMap((one) => Role.safeParse(one).data ?? []).map((role) => [role.metadata.name, role]),
);
const bindings = manifests.flatMap((one) => Binding.safeParse(one).data ?? []);

/** What a subject may, as `verb resource.group`, sorted. */
function grantedTo(kind: string, name: string): string[] {
  return bindings
    .filter(({ subjects }) => subjects.some((subject) => subject.kind === kind && subject.name === name))
    .flatMap(({ roleRef }) => roles.get(roleRef.name)?.rules ?? [])
    .flatMap(({ apiGroups, resources, verbs, resourceNames = [''] }) =>
      apiGroups.flatMap((group) =>
        resources.flatMap((resource) =>
          verbs.flatMap((verb) => resourceNames.map((only) => `${verb} ${resource}.${group} ${only}`.trim())),
        ),
      ),
    )
    .sort();
}

describe('every level may do what its commands and those below it use, and nothing else', () => {
  test.each(levels)('%s', (level) => {
    const below = levels.slice(0, levels.indexOf(level) + 1);
    const used = commands
      .filter((command) => below.some((one) => one === command.level))
      .flatMap(({ rights = [] }) => rights)
      .flatMap(({ group, resource, verbs }) => verbs.map((verb) => `${verb} ${resource}.${group}`));
    expect(grantedTo('Group', `homelab-bot:${level}`)).toEqual([...new Set(used)].sort());
  });
});

test("the bot's own account may act as the three levels, set one extra, and do nothing else", () => {
  const names = levels.map((level) => `homelab-bot:${level}`);
  expect(grantedTo('ServiceAccount', 'homelab-bot')).toEqual(
    [
      ...names.map((name) => `impersonate users. ${name}`),
      ...names.map((name) => `impersonate groups. ${name}`),
      'impersonate userextras/discord-user.authentication.k8s.io',
    ].sort(),
  );
});

test('rules are spelled out, without wildcards, and nobody may read Secrets', () => {
  for (const { rules } of roles.values()) {
    for (const { apiGroups, resources, verbs } of rules) {
      expect([...apiGroups, ...resources, ...verbs]).not.toContain('*');
      expect(resources).not.toContain('secrets');
    }
  }
});

test('each role is bound, each binding has its role, and each manifest is in the chatops namespace or in none', () => {
  expect(bindings.map(({ roleRef }) => roleRef.name).sort()).toEqual([...roles.keys()].sort());
  expect(
    manifests.filter(({ metadata }) => metadata.namespace !== undefined).map(({ metadata }) => metadata.namespace),
  ).toEqual(['chatops']);
  expect(bindings.flatMap(({ subjects }) => subjects).filter(({ kind }) => kind === 'ServiceAccount')).toEqual([
    { kind: 'ServiceAccount', name: 'homelab-bot', namespace: 'chatops' },
  ]);
});
