// What is asked for: each role entry, each right where it is used.
import { describe, expect, test } from '@jest/globals';
import type { Config } from '../../../src/config/config.ts';
import { needsOf, type UsingCommand, wantedRoles } from '../../../src/doctor/wanted.ts';

const route = { match: {}, ring: undefined, ringOnResolve: false, escalate: undefined };

function alertsOf(routes: Config['alerts']['routes']): Config['alerts'] {
  return { routes, watchdog: { alertname: 'Watchdog', afterMs: 1, armed: false }, keepMs: 1 };
}

test('roles are asked about by the entry that names them', () => {
  const app = {
    name: 'shop',
    namespace: 'shop',
    deployment: 'web',
    container: 'app',
    image: 'ghcr.io/acme/shop',
    path: 'apps/shop',
    source: null,
    deployers: ['5'],
    rolloutTimeoutMs: 1,
    autoRollback: true,
  };
  const access = { viewer: ['1'], operator: [], admin: ['2', '3'] };
  const alerts = alertsOf([
    { ...route, channel: '10', mention: [] },
    { ...route, channel: '10', mention: ['4'], escalate: { afterMs: 1, mention: ['6'] } },
  ]);
  expect(wantedRoles({ access, alerts, apps: [app, { ...app, name: 'blog', deployers: [] }] })).toEqual([
    { place: 'access.viewer', ids: ['1'] },
    { place: 'access.admin', ids: ['2', '3'] },
    { place: 'apps.shop.deployers', ids: ['5'] },
    { place: 'alerts.routes[1].mention', ids: ['4'] },
    { place: 'alerts.routes[1].escalate.mention', ids: ['6'] },
  ]);
});

describe('rights', () => {
  const commands: readonly UsingCommand[] = [
    { level: 'everyone', options: {} },
    { level: 'viewer', options: {}, rights: [{ group: '', resource: 'nodes', verbs: ['get', 'list'] }] },
    { level: 'operator', options: { app: {} }, rights: [{ group: 'apps', resource: 'deployments', verbs: ['patch'] }] },
    { level: 'operator', options: { app: {} }, rights: [{ group: 'apps', resource: 'deployments', verbs: ['patch'] }] },
  ];
  const nodes = ['get', 'list'].map((verb) => ({ group: '', resource: 'nodes', verb, namespace: null }));
  const patch = (namespace: string | null) => ({ group: 'apps', resource: 'deployments', verb: 'patch', namespace });

  test('of a level are those of its commands and of the levels below it, each once', () => {
    expect(needsOf(commands, [])).toEqual({
      viewer: nodes,
      operator: [...nodes, patch(null)],
      admin: [...nodes, patch(null)],
    });
  });

  test('that only commands about an app use are asked for in the namespaces of the apps', () => {
    const apps = [{ namespace: 'shop' }, { namespace: 'blog' }, { namespace: 'shop' }];
    expect(needsOf(commands, apps).operator).toEqual([...nodes, patch('shop'), patch('blog')]);
  });
});
