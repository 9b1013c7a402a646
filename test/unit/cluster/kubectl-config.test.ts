// The kubeconfig that programs get: the bot's own credentials, and as whom they act.
import { describe, expect, test } from '@jest/globals';
import { KubeConfig } from '@kubernetes/client-node';
import { kubeconfigFor } from '../../../src/cluster/kubectl-config.ts';

const vera = { level: 'operator', discordUser: '123456789012345678 Vera Ü' } as const;
const file = {
  'current-context': 'main',
  contexts: [{ name: 'main', context: { cluster: 'home', user: 'bot', namespace: 'elsewhere' } }],
  clusters: [
    { name: 'other', cluster: { server: 'https://other' } },
    {
      name: 'home',
      cluster: { server: 'https://10.0.0.1:6443', 'certificate-authority-data': 'Q0E=', 'tls-server-name': 'k3s' },
    },
  ],
  users: [{ name: 'other', user: { token: 'other' } }],
};

function made(user: object, cluster?: object) {
  const config = new KubeConfig();
  const clusters = cluster === undefined ? file.clusters : [{ name: 'home', cluster }];
  config.loadFromString(JSON.stringify({ ...file, clusters, users: [...file.users, { name: 'bot', user }] }));
  return JSON.parse(kubeconfigFor(config, vera));
}

const acting = {
  as: 'homelab-bot:operator',
  'as-groups': ['homelab-bot:operator'],
  'as-user-extra': { 'discord-user': ['123456789012345678 %56era%20%C3%9C'] },
};

describe('credentials', () => {
  const exec = {
    apiVersion: 'client.authentication.k8s.io/v1',
    command: 'aws',
    args: ['token'],
    env: [{ name: 'A', value: 'b' }],
    interactiveMode: 'Never',
  };
  test.each<[string, object]>([
    ['a token', { token: 'secret' }],
    ['a certificate', { 'client-certificate-data': 'Qw==', 'client-key-data': 'Sw==' }],
    ['files of a certificate', { 'client-certificate': '/c.pem', 'client-key': '/k.pem' }],
    ['a program', { exec }],
    ['a password', { username: 'u', password: 'p' }],
  ])('%s', (_, user) => {
    const { users, clusters, contexts } = made(user);
    expect(users).toEqual([{ name: 'homelab-bot', user: { ...user, ...acting } }]);
    expect(clusters).toEqual([{ name: 'homelab', cluster: file.clusters[1]?.cluster }]);
    expect(contexts).toEqual([
      { name: 'homelab-bot', context: { cluster: 'homelab', user: 'homelab-bot', namespace: 'default' } },
    ]);
  });

  test('the token file of a pod stays a file, since it is renewed', () => {
    const config = new KubeConfig();
    config.loadFromCluster('/pod');
    const { users, clusters } = JSON.parse(kubeconfigFor(config, vera));
    expect(users[0].user).toEqual({ tokenFile: '/pod/var/run/secrets/kubernetes.io/serviceaccount/token', ...acting });
    expect(clusters[0].cluster['certificate-authority']).toBe(
      '/pod/var/run/secrets/kubernetes.io/serviceaccount/ca.crt',
    );
  });
});

test('a cluster whose certificate is not checked stays so, without a CA, which kubectl would refuse beside it', () => {
  const { clusters } = made(
    { token: 'x' },
    { server: 'https://a', 'insecure-skip-tls-verify': true, 'certificate-authority-data': 'Q0E=' },
  );
  expect(clusters[0].cluster).toEqual({ server: 'https://a', 'insecure-skip-tls-verify': true });
});
