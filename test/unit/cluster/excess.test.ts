// Which rights of the bot's own account go beyond acting as the levels.
import { expect, test } from '@jest/globals';
import { levels } from '../../../src/access/level.ts';
import { excessOf } from '../../../src/cluster/excess.ts';
import type { Rule } from '../../../src/cluster/review-schema.ts';

function rule(verbs: string, group: string, resources: string, ...resourceNames: string[]): Rule {
  return { verbs: verbs.split(' '), apiGroups: [group], resources: resources.split(' '), resourceNames };
}

test('what manifests/chatops/rbac grants, and what every account may, is no excess', () => {
  const rules = [
    rule('create', 'authorization.k8s.io', 'selfsubjectaccessreviews selfsubjectrulesreviews'),
    rule('create', 'authentication.k8s.io', 'selfsubjectreviews'),
    rule('get list watch', 'certificates.k8s.io', 'clustertrustbundles'),
    rule('impersonate', '', 'users groups', 'homelab-bot:viewer', 'homelab-bot:operator', 'homelab-bot:admin'),
    rule('impersonate', 'authentication.k8s.io', 'userextras/discord-user'),
  ];
  expect(excessOf(rules, levels)).toEqual([]);
});

test.each<[string, Rule, readonly string[]]>([
  ['a read', rule('get list', '', 'pods'), ['get, list pods']],
  ['a right to one object', rule('get', '', 'secrets', 'a', 'b', 'c', 'd'), ['get secrets (a, b, c)']],
  ['another group', rule('patch', 'apps', 'deployments'), ['patch deployments.apps']],
  ['impersonation of anybody', rule('impersonate', '', 'users'), ['impersonate users']],
  ['of another group', rule('impersonate', '', 'groups', 'system:masters'), ['impersonate groups (system:masters)']],
  [
    'of one too many',
    rule('impersonate', '', 'users', 'homelab-bot:viewer', 'root'),
    ['impersonate users (homelab-bot:viewer, root)'],
  ],
  [
    'of another extra',
    rule('impersonate', 'authentication.k8s.io', 'userextras/scopes'),
    ['impersonate userextras/scopes.authentication.k8s.io'],
  ],
  ['administration', rule('*', '*', '*'), ['everything']],
  [
    'more of what everybody may',
    rule('create delete', 'authentication.k8s.io', 'selfsubjectreviews'),
    ['delete selfsubjectreviews.authentication.k8s.io'],
  ],
])('%s is', (_, one, excess) => {
  expect(excessOf([one, one], levels)).toEqual(excess);
});
