// What is read out of rendered manifests, and the one line that may be taken out of them.
import { describe, expect, test } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import { imageOf, imagesOf, objectsIn, withoutReplicas } from '../../../src/cluster/render.ts';

const manifest = `apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
  namespace: shop
data:
  number: "1e10"
  replicas: "7"
  script: |
    spec:
      replicas: 9
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
  annotations:
    odd: 0x1F
    time: 12:30
    empty:
spec:
  minReadySeconds: 5
  replicas: 3 # as people had it
  template:
    spec:
      containers:
      - image: ghcr.io/acme/shop:1234567
        name: web
      - image: busybox@sha256:00
        name: beside
      initContainers:
      - image: busybox
        name: first
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: other
spec:
  replicas: 4
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: bare
spec:
  replicas: 5
`;
const web = { kind: 'Deployment', namespace: 'shop', name: 'web' };

describe('withoutReplicas', () => {
  test('takes the line out of the target, and nothing else changes', () => {
    expect(withoutReplicas(manifest, [web])).toBe(manifest.replace('  replicas: 3 # as people had it\n', ''));
  });

  test('several targets', () => {
    const rest = withoutReplicas(manifest, [web, { ...web, namespace: 'other' }]);
    expect(rest).toBe(manifest.replace(/ {2}replicas: [34].*\n/g, ''));
    expect(parseAllDocuments(rest)).toHaveLength(4);
  });

  test('an object without a namespace is one of default', () => {
    expect(withoutReplicas(manifest, [{ ...web, name: 'bare' }])).toBe(manifest);
    expect(withoutReplicas(manifest, [{ kind: 'Deployment', namespace: 'default', name: 'bare' }])).not.toContain(
      'replicas: 5',
    );
  });

  test.each([
    ['no such object', manifest, { ...web, name: 'api' }],
    ['another kind', manifest, { ...web, kind: 'StatefulSet' }],
    ['no replicas', manifest.replace(/ {2}replicas: 3.*\n/, ''), web],
    ['nothing', '', web],
    ['no objects', '- a\n---\nb\n', web],
  ])('%s: the text stays to the byte', (_, text, target) => {
    expect(withoutReplicas(text, [target])).toBe(text);
  });

  test('line ends stay as they are', () => {
    const windows = manifest.replaceAll('\n', '\r\n');
    expect(withoutReplicas(windows, [web])).toBe(windows.replace('  replicas: 3 # as people had it\r\n', ''));
  });
});

test('objects are named in order', () => {
  expect(objectsIn(manifest).map(({ kind, namespace, name }) => `${kind} ${namespace}/${name}`)).toEqual([
    'ConfigMap shop/settings',
    'Deployment shop/web',
    'Deployment other/web',
    'Deployment /bare',
  ]);
});

describe('images', () => {
  const of = { namespace: 'shop', deployment: 'web' };
  test('by container', () => {
    expect(imagesOf(manifest, of)).toEqual({ web: 'ghcr.io/acme/shop:1234567', beside: 'busybox@sha256:00' });
    expect(imageOf(manifest, of, 'web')).toBe('ghcr.io/acme/shop:1234567');
  });

  test('none of what is not there', () => {
    expect(imageOf(manifest, of, 'constructor')).toBeNull();
    expect(imagesOf(manifest, { ...of, namespace: 'elsewhere' })).toBeNull();
    expect(imagesOf(manifest, { namespace: 'other', deployment: 'web' })).toEqual({});
  });
});

test.each(['a: b: c', '{', '"'])('what is no YAML is refused in words: %s', (text) => {
  expect(() => objectsIn(text)).toThrow(/The manifests cannot be read/);
});
