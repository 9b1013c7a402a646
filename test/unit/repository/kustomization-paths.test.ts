// What a kustomization may name, and what is refused by name before anything is rendered.
import { describe, expect, test } from '@jest/globals';
import { pathsOf } from '../../../src/repository/kustomization-paths.ts';

test('every file and folder that it reads is named', () => {
  const text = `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: laravel-apps
resources: [deployment.yaml, ../base]
components: [../../components/tls/]
bases: [../old]
crds: [crd.json]
configurations: [names.yaml]
openapi: {path: schema.json}
patches:
- path: patch.yaml
  target: {kind: Deployment}
- patch: |-
    - op: remove
      path: /spec/replicas
patchesStrategicMerge:
- merge.yaml
- |-
  apiVersion: v1
  kind: Service
patchesJson6902:
- {path: json.yaml, target: {kind: Service, version: v1, name: x}}
replacements: [{path: replace.yaml}, {source: {kind: Service}, targets: []}]
configMapGenerator:
- name: a
  files: [a.txt, key=b.txt]
  envs: [c.env]
  literals: [x=https://example.com]
secretGenerator:
- {name: s, env: d.env}
generators: []
images: [{name: a, newTag: "b"}]
labels: [{pairs: {a: "https://example.com"}}]
`;
  expect(pathsOf(text, 'k').map(({ path, as }) => `${path} ${as}`)).toEqual([
    'deployment.yaml either',
    '../base either',
    '../../components/tls/ folder',
    '../old folder',
    'crd.json file',
    'names.yaml file',
    'schema.json file',
    'patch.yaml file',
    'merge.yaml file',
    'json.yaml file',
    'replace.yaml file',
    'a.txt file',
    'b.txt file',
    'c.env file',
    'd.env file',
  ]);
});

describe('fetched from elsewhere', () => {
  const remote = [
    'https://example.com/x.yaml',
    'HTTP://example.com/x.yaml',
    'https://github.com/org/repo//base?ref=v1',
    'github.com/org/repo',
    'GitHub.com/org/repo/base',
    'www.github.com/org/repo',
    'github.com:org/repo',
    'gh:org/repo',
    'git@github.com:org/repo',
    'git::https://example.com/repo',
    'git::../local',
    'ssh://git@example.com/repo',
    'file:///etc',
    'oci://registry/x',
    'example.com/org/repo.git',
    'example.com/org/repo.git/base',
    'dev.azure.com/org/_git/repo',
    'x_git/repo',
    'user@host/path',
    'gitlab.com/org/repo?ref=main',
  ];
  test.each(remote)('%s under resources', (path) => {
    expect(() => pathsOf(`resources: [${JSON.stringify(path)}]`, 'apps/k.yaml')).toThrow(
      expect.objectContaining({
        name: 'UserError',
        message: expect.stringMatching(/^apps\/k\.yaml names .* under resources: that is fetched from elsewhere/),
      }),
    );
  });

  const url = 'https://example.com/x';
  test.each([
    ['components', 'components: [URL]'],
    ['bases', 'bases: [URL]'],
    ['crds', 'crds: [URL]'],
    ['configurations', 'configurations: [URL]'],
    ['openapi.path', 'openapi: {path: URL}'],
    ['patches.path', 'patches: [{path: URL}]'],
    ['patchesJson6902.path', 'patchesJson6902: [{path: URL}]'],
    ['patchesStrategicMerge', 'patchesStrategicMerge: [URL]'],
    ['replacements.path', 'replacements: [{path: URL}]'],
    ['configMapGenerator.files', 'configMapGenerator: [{files: ["a=URL"]}]'],
    ['configMapGenerator.envs', 'configMapGenerator: [{envs: [URL]}]'],
    ['secretGenerator.env', 'secretGenerator: [{env: URL}]'],
    ['resources by an alias', 'namePrefix: &u URL\nresources: [*u]'],
  ])('under %s', (field, text) => {
    const whole = text.includes('"a=URL"') ? text.replace('URL', url) : text.replace('URL', JSON.stringify(url));
    expect(() => pathsOf(whole, 'k')).toThrow(`under ${field.split(' ')[0]}: that is fetched from elsewhere`);
  });
});

describe('out of the repository or no path', () => {
  test.each(['/etc/passwd', '~/x', 'C:/x', 'https:x', 'a:b', 'a\\b', 'a?b', '', 'a\u0000b', 'x'.repeat(2000)])(
    '%j',
    (path) => {
      expect(() => pathsOf(`resources: [${JSON.stringify(path)}]`, 'k')).toThrow(
        expect.objectContaining({ name: 'UserError' }),
      );
    },
  );
});

describe('programs', () => {
  test.each([
    ['generators', 'generators: [gen.yaml]', 'uses generators (gen.yaml)'],
    ['inline generators', 'generators:\n- |-\n  apiVersion: x/v1\n  kind: Exec', 'uses generators (apiVersion: x/v1)'],
    ['transformers', 'transformers: [t.yaml]', 'uses transformers (t.yaml)'],
    ['validators', 'validators: [v.yaml]', 'uses validators (v.yaml)'],
    ['helm', 'helmCharts:\n- name: minecraft\n  repo: https://x', 'uses helmCharts (minecraft): helm charts'],
    ['older helm', 'helmChartInflationGenerator: [{chartName: x}]', 'uses helmChartInflationGenerator'],
    ['helm globals', 'helmGlobals: {chartHome: x}', 'uses helmGlobals'],
  ])('%s', (_name, text, words) => {
    expect(() => pathsOf(text, 'k')).toThrow(words);
  });
});

describe('what kustomize might read otherwise than we do', () => {
  test.each([
    ['a field that is not known', 'future: [x]', 'field future'],
    ['a field in other letters', 'Resources: [https://x]', 'field Resources'],
    ['with a long s', 'reſources: [https://x]', 'field reſources'],
    ['helm in other letters', 'helmcharts: [{name: x}]', 'field helmcharts'],
    ['a nested field in other letters', 'patches: [{Path: "https://x"}]', 'has Path in an entry of patches'],
    ['files in other letters', 'configMapGenerator: [{FILES: [x]}]', 'has FILES in an entry'],
    ['a field of every object', 'constructor: [x]', 'field constructor'],
    ['a binary key', '!!binary cmVzb3VyY2Vz: [x]', 'no plain text'],
    ['a binary path', 'resources: [!!binary aHR0cHM6Ly94]', 'no path'],
    ['a number', 'resources: [1]', 'no path'],
    ['a map for a list', 'resources: {a: b}', 'no list'],
    ['text for a list', 'configMapGenerator: x', 'no list'],
    ['a list of text for maps', 'patches: [x]', 'no map'],
    ['files that are text', 'configMapGenerator: [{files: x}]', 'no list'],
    ['a merge', 'resources: []\nopenapi:\n  <<: {path: x}', 'merge key'],
    ['two documents', 'resources: []\n---\nresources: [https://x]', 'second document'],
    ['another kind', 'apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization', 'none of a kustomization'],
    ['a list', '- a', 'no kustomization'],
    ['nothing', '', 'empty'],
  ])('%s', (_name, text, words) => {
    expect(() => pathsOf(text, 'k')).toThrow(
      expect.objectContaining({ name: 'UserError', message: expect.stringContaining(words) }),
    );
  });
});
