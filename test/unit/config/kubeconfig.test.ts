import { describe, expect, test } from '@jest/globals';
import { chooseKubernetes } from '../../../src/config/kubeconfig.ts';
import { readLocalFile } from '../../../src/config/local-files.ts';
import { file, folder } from './files.ts';

const kubeconfig = (user: string) => `
apiVersion: v1
kind: Config
current-context: home
contexts: [{ name: home, context: { cluster: home, user: me } }, { name: other, context: { cluster: home, user: robot } }]
clusters: [{ name: home, cluster: { server: "https://127.0.0.1:6443" } }]
users:
  - { name: robot, user: { token: secret-of-the-robot, as: someone-else } }
  - { name: me, user: ${user} }
`;

const choose = (path: string | null) => chooseKubernetes(path, {}, readLocalFile);

describe('KUBECONFIG', () => {
  test('names a file, whose current context counts', () => {
    const path = file(kubeconfig('{ token: my-secret }'));
    expect(choose(path)).toEqual({ kind: 'file', path });
  });

  test.each(['as: root', 'as-groups: [a]', 'as-user-extra: { a: [b] }', 'as-uid: x'])(
    'that impersonates already (%s) is refused',
    (as) => {
      const problem = choose(file(kubeconfig(`{ token: my-secret, ${as} }`)));
      expect(problem).toMatchObject({ where: 'KUBECONFIG', what: expect.stringContaining('impersonates already') });
      expect(JSON.stringify(problem)).not.toContain('my-secret');
    },
  );

  test.each([
    ['is missing', `${folder}/missing`, 'names a file that does not exist'],
    ['is a list of files', `${folder}/a:${folder}/b`, 'must be the path of one file, not of several'],
    ['is a folder', folder, 'names a file that is a directory, not a file'],
    ['is no YAML', file('{'), 'names a file that is not a kubeconfig'],
    ['is another document', file('contexts: 5'), 'names a file that is not a kubeconfig'],
    ['has no current context', file('contexts: []'), expect.stringContaining('current-context is missing')],
    [
      'names a context that is not there',
      file('current-context: x'),
      expect.stringContaining('current-context is missing'),
    ],
  ])('that %s is refused', (_what, path, what) => {
    expect(choose(path)).toMatchObject({ where: 'KUBECONFIG', what });
  });
});

describe('without KUBECONFIG', () => {
  const inPod = { KUBERNETES_SERVICE_HOST: '10.43.0.1', KUBERNETES_SERVICE_PORT: '443' };

  test("the pod's own account is used where its files are", () => {
    const read: string[] = [];
    const chosen = chooseKubernetes(null, inPod, (path) => {
      read.push(path);
      return { ok: true, text: 'x' };
    });
    expect(chosen).toEqual({ kind: 'in cluster' });
    expect(read).toEqual([
      '/var/run/secrets/kubernetes.io/serviceaccount/token',
      '/var/run/secrets/kubernetes.io/serviceaccount/ca.crt',
    ]);
  });

  test('a pod without an account has no cluster, nor has anything outside of a pod', () => {
    expect(chooseKubernetes(null, inPod, () => ({ ok: false, missing: true, what: 'does not exist' }))).toEqual({
      kind: 'none',
    });
    expect(choose(null)).toEqual({ kind: 'none' });
  });
});
