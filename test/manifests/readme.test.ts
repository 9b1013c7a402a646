// manifests/README.md: nothing of the specification is left out of its table, what the table names is there, and its steps come in an order that works.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { root } from '../../scripts/check/run-tool.ts';
import { everything, kustomizationFolders, manifestFiles, nameOf, textOf } from './everything.ts';
import { manifestsFolder } from './render.ts';
import { appliedIn } from './steps.ts';

const readme = textOf('README.md');
const rows = readme
  .slice(readme.indexOf('| of the specification |'))
  .split('\n\n')[0]
  ?.split('\n')
  .slice(2)
  .map((line) => {
    const [, what = '', where = '', proof = ''] = line.split(' | ').flatMap((cell) => cell.split(/^\| | \|$/));
    return { what: what.trim(), where: where.trim(), proof: proof.trim() };
  });

/** The specification's own words: its tables of components, principles, steps, alerts, dashboards and objects. */
const specification = [
  ...['Orchestrator', 'Reverse proxy', 'Container runtime', 'Image builder', 'Cluster access', 'Stateful data'],
  ...['zero trust access', 'rootless CI/CD', 'least privilege', 'master node isolation', 'database isolation'],
  ...['source of truth', 'deployment policy', 'zero downtime'].map((name) => `Principle: ${name}`),
  ...['A.1', 'A.2', 'A.3', 'A.4', 'A.5', 'B.1', 'B.2', 'B.3', 'B.4', 'C.1', 'C.2', 'C.3', 'C.4'],
  ...['D.1', 'D.2', 'D.3', 'D.4', 'D.5', 'D.6'],
  ...['Prometheus Operator', 'Prometheus', 'Grafana', 'Node Exporter', 'Alertmanager'],
  ...['NodeDown', 'NodeMemoryLow', 'NodeDiskSpaceLow', 'PodFailed', 'LaravelSlowResponses', 'MySQLDown'].map(
    (name) => `Alert: ${name}`,
  ),
  ...['Cluster Overview', 'Node Details', 'Application Performance', 'Database Monitoring', 'Traefik Ingress'].map(
    (name) => `Dashboard: ${name}`,
  ),
  ...['Service', 'Deployment', 'Ingress'].map((name) => `Laravel: ${name}`),
];

const links = (text: string) => [...text.matchAll(/\]\(([^)#]+)(#[^)]*)?\)/g)].map(([, target = '']) => target);

describe('the table', () => {
  test.each(specification)('has a row for %s', (name) => {
    expect(rows?.filter(({ what }) => what.includes(name)).length).toBeGreaterThan(0);
  });

  test('has for each row a file that is there, or says who brings it, and a proof that is there', () => {
    for (const { what, where, proof } of rows ?? []) {
      expect([what, links(where).filter((name) => !existsSync(join(manifestsFolder, name)))]).toEqual([what, []]);
      expect([what, links(where).length > 0]).toEqual([what, true]);
      const tests = [...proof.matchAll(/`(test\/[^`]+)`/g)].map(([, name = '']) => name);
      expect([what, tests.filter((name) => !existsSync(join(root, name)))]).toEqual([what, []]);
      expect([what, tests.length > 0 || proof === 'the person who installs it']).toEqual([what, true]);
    }
  });

  test('names the file in which each alert and each dashboard stands', () => {
    for (const { what, where } of rows ?? []) {
      const [, kind, name] = /^(Alert|Dashboard): (.*)$/.exec(what) ?? [];
      if (kind === undefined) continue;
      const text = links(where).map(textOf).join('\n');
      expect(text).toContain(kind === 'Alert' ? `alert: ${name}\n` : `"title": "${name}"`);
    }
  });
});

describe('the steps', () => {
  const applied = appliedIn(readme);

  test('apply every folder once, but for those that are named as optional', async () => {
    const optional = ['database/mysql-replica', 'chatops/helm-admin'];
    for (const folder of optional) expect(readme).toContain(folder);
    expect([...applied, ...optional].sort()).toEqual((await kustomizationFolders()).sort());
  });

  test('make a namespace before anything in it', async () => {
    const made = new Set(['kube-system']);
    const objects = await everything();
    for (const folder of applied) {
      const own = objects.filter(
        (one) => one.folder === folder || (folder === 'chatops/rbac' && one.folder === 'chatops'),
      );
      for (const { object } of own.filter(({ object }) => object.kind === 'Namespace')) made.add(object.metadata.name);
      const early = own.filter(
        ({ object }) => object.metadata.namespace !== undefined && !made.has(object.metadata.namespace),
      );
      expect(early.map(({ object }) => nameOf(object))).toEqual([]);
    }
  });
});

describe('every README', () => {
  test('is there for each folder that a person installs', async () => {
    const folders = [
      'apps/laravel-multitenant',
      'bootstrap',
      'chatops',
      'ci',
      'database/mysql',
      'ingress',
      'logging',
      'monitoring',
      'namespaces',
      'settings',
      'storage',
      'tailscale',
    ];
    const files = await manifestFiles();
    expect(folders.filter((folder) => !files.includes(`${folder}/README.md`))).toEqual([]);
  });

  test('says how to install, check and remove, but for settings, which nobody installs', async () => {
    for (const name of (await manifestFiles()).filter(
      (one) => one.endsWith('/README.md') && !one.startsWith('settings/'),
    )) {
      for (const word of [/install/i, /check/i, /remove|end it/i])
        expect([name, word, word.test(textOf(name))]).toEqual([name, word, true]);
    }
  });

  test('links to what is there', async () => {
    const broken: string[] = [];
    for (const name of (await manifestFiles()).filter((one) => one.endsWith('.md'))) {
      for (const target of links(textOf(name)).filter((one) => !/^[a-z]+:/.test(one))) {
        if (!existsSync(join(manifestsFolder, name, '..', target))) broken.push(`${name}: ${target}`);
      }
    }
    expect(broken).toEqual([]);
  });

  test('pins every chart that it installs', async () => {
    for (const name of (await manifestFiles()).filter((one) => one.endsWith('.md'))) {
      const installs = textOf(name).match(/helm (upgrade|install)[^\n]*(\\\n[^\n]*)*/g) ?? [];
      for (const command of installs.filter((one) => one.includes(' -f ')))
        expect([name, command]).toEqual([name, expect.stringMatching(/--version \d/)]);
    }
  });
});
