// Kubeconfigs, right and wrong: what is wrong is one sentence that shows no secret.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { stringify } from 'yaml';
import { connect } from '../../../src/cluster/connection.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kubeconfig-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function file(content: unknown): { kind: 'file'; path: string } {
  const path = join(folder, 'config');
  writeFileSync(path, typeof content === 'string' ? content : stringify(content));
  return { kind: 'file', path };
}

function kubeconfig(parts: { cluster?: object; user?: object; context?: string } = {}) {
  return {
    clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:6443', ...parts.cluster } }],
    users: [{ name: 'u', user: { token: 'very-secret', ...parts.user } }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    'current-context': parts.context ?? 'x',
  };
}

test('a kubeconfig names a cluster; none is none', () => {
  expect(connect(file(kubeconfig()))?.getCurrentCluster()?.server).toBe('https://127.0.0.1:6443');
  expect(connect({ kind: 'none' })).toBeNull();
});

describe('one sentence says what is wrong', () => {
  test.each<[string, unknown]>([
    ['is not a kubeconfig', ''],
    ['is not a kubeconfig', 'token: very-secret: x: ['],
    ['is not a kubeconfig', { ...kubeconfig(), clusters: [{ name: 'c' }] }],
    ['names no current-context that it holds', kubeconfig({ context: 'other' })],
    ['names no current-context that it holds', '[]'],
    ['lacks the cluster of its context x', { ...kubeconfig(), clusters: [] }],
    ['lacks the user of its context x', { ...kubeconfig(), users: null }],
    ['impersonates already (as:)', kubeconfig({ user: { as: 'root' } })],
    ['has a server that is no URL', kubeconfig({ cluster: { server: '127.0.0.1:6443' } })],
    ['http://, which would show the credentials', kubeconfig({ cluster: { server: 'http://10.0.0.1:8080' } })],
    [
      'names the file /nowhere/ca.crt, which does not exist',
      kubeconfig({ cluster: { 'certificate-authority': '/nowhere/ca.crt' } }),
    ],
  ])('%s', (words, content) => {
    const source = file(content);
    let message = '';
    try {
      connect(source);
    } catch (error) {
      message = error instanceof Error ? error.message : '';
    }
    expect(message).toContain(words);
    expect(message).toMatch(/^The kubeconfig .*\.$/);
    expect(message).not.toContain('very-secret');
  });

  test('does not exist, is a directory', () => {
    expect(() => connect({ kind: 'file', path: join(folder, 'none') })).toThrow('does not exist.');
    expect(() => connect({ kind: 'file', path: folder })).toThrow('is a directory.');
  });
});

test.each(['http://127.0.0.1:8001', 'http://localhost:8001', 'http://[::1]:8001'])(
  '%s is taken: it stays on this machine',
  async (server) => {
    const config = connect(file(kubeconfig({ cluster: { server } })));
    await expect(config?.applyToHTTPSOptions({})).resolves.toBeUndefined();
  },
);
