// What kubectl 1.36 printed on a real control plane, and what people are told.
import { describe, expect, test } from '@jest/globals';
import { explainApply, explainEnd, explainRender } from '../../../src/cluster/kubectl-failures.ts';

const about = { level: 'operator', server: '10.0.0.1:6443' } as const;

describe('apply', () => {
  test.each<[string, string, string]>([
    [
      'a right is missing',
      'Error from server (Forbidden): deployments.apps "web" is forbidden: User "homelab-bot:operator" cannot patch resource "deployments" in API group "apps" in the namespace "shop"',
      'Kubernetes does not let homelab-bot:operator patch deployments.apps in shop. Whoever runs the cluster applies manifests/chatops/rbac.',
    ],
    [
      'one of the core group and the cluster scope',
      'Error from server (Forbidden): namespaces "x" is forbidden: User "homelab-bot:operator" cannot patch resource "namespaces" in API group "" at the cluster scope',
      'Kubernetes does not let homelab-bot:operator patch namespaces.',
    ],
    [
      'the account may not act as the level',
      'Error from server (Forbidden): users "homelab-bot:operator" is forbidden: User "system:serviceaccount:chatops:homelab-bot" cannot impersonate resource "users" in API group "" at the cluster scope',
      "The bot's own account may not act as homelab-bot:operator. Whoever runs the cluster applies manifests/chatops/rbac.",
    ],
    [
      'the same in the words of Kubernetes 1.36',
      'Error from server (Forbidden): deployments.apps "hpa" is forbidden: User "system:serviceaccount:q:nobody" cannot impersonate-on:user-info:patch resource "deployments" in API group "apps" in the namespace "shop"',
      "The bot's own account may not act as homelab-bot:operator.",
    ],
    [
      'a value is wrong',
      'The Deployment "web" is invalid: spec.replicas: Invalid value: -3: must be greater than or equal to 0',
      'Kubernetes refused the manifests: The Deployment "web" is invalid: spec.replicas: Invalid value: -3: must be greater than or equal to 0',
    ],
    [
      'a field is unknown',
      'Error from server: failed to create typed patch object (shop/web; apps/v1, Kind=Deployment): .spec.replicaz: field not declared in schema',
      'Kubernetes refused the manifests: failed to create typed patch object (shop/web; apps/v1, Kind=Deployment): .spec.replicaz: field not declared in schema',
    ],
    [
      'a namespace is not there',
      'Error from server (NotFound): namespaces "nope" not found',
      'Kubernetes refused the manifests: namespaces "nope" not found',
    ],
    [
      'a webhook says no',
      'Error from server (Forbidden): error when creating "STDIN": admission webhook "policy.acme.test" denied the request: images must be signed',
      'The admission webhook policy.acme.test denied it: images must be signed',
    ],
    [
      'a webhook cannot be asked',
      'Error from server (InternalError): error when creating "STDIN": Internal error occurred: failed calling webhook "policy.acme.test": failed to call webhook: Post "https://policy.x.svc:443/": no endpoints available',
      'An admission webhook of the cluster cannot be asked: ',
    ],
    [
      'others own the fields',
      'error: Apply failed with 1 conflict: conflict with "other": .spec.replicas\nPlease review the fields above--they currently have other managers. Here\nare the ways you can resolve this warning:',
      'Others own fields of it: error: Apply failed with 1 conflict: conflict with "other": .spec.replicas',
    ],
    [
      'a kind is unknown',
      'error: resource mapping not found for name: "web" namespace: "shop" from "STDIN": no matches for kind "Deploymint" in version "apps/v1"\nensure CRDs are installed first',
      'The cluster does not know this kind of object: resource mapping not found for name: "web"',
    ],
    [
      'no YAML',
      'error: error parsing STDIN: error converting YAML to JSON: yaml: mapping values are not allowed in this context',
      'The manifests cannot be read: ',
    ],
    ['no objects', 'error: no objects passed to apply', 'The manifests cannot be read: no objects passed to apply'],
    [
      'nobody listens',
      'E1124 00:31:17.220303    5116 memcache.go:265] "Unhandled Error" err="couldn\'t get current server API group list"\nerror: unable to recognize "STDIN": Get "https://127.0.0.1:1/api?timeout=32s": dial tcp 127.0.0.1:1: connect: connection refused',
      'The cluster cannot be reached (connection refused at 10.0.0.1:6443). Try again when it is back.',
    ],
    [
      'it hangs',
      'Unable to connect to the server: context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
      'The cluster cannot be reached (no answer at',
    ],
    [
      'it has no address',
      'error: unable to recognize "STDIN": Get "https://x": dial tcp: lookup x on 10.0.0.53:53: no such host',
      'The cluster cannot be reached (no address for that name at',
    ],
    [
      'its certificate is not trusted',
      'Unable to connect to the server: tls: failed to verify certificate: x509: certificate signed by unknown authority',
      'The cluster cannot be reached (its certificate is not trusted at',
    ],
    [
      'the credentials are old',
      'error: You must be logged in to the server (Unauthorized)',
      "The cluster (10.0.0.1:6443) does not take the bot's credentials",
    ],
    [
      'the program for credentials is missing',
      'Unable to connect to the server: getting credentials: exec: executable aws not found',
      "The bot's own credentials for the cluster cannot be had",
    ],
    ['it said nothing', '', 'Kubernetes refused the manifests: it did not say why'],
  ])('%s', (_, stderr, said) => {
    const error = explainApply(stderr, about);
    expect(error.name).toBe('UserError');
    expect(error.message).toContain(said);
  });

  test('several errors: the first, and how many more', () => {
    const one = (name: string) => `The Deployment "${name}" is invalid: spec.replicas: Invalid value: -3`;
    expect(explainApply(`Warning: deprecated\n${one('a')}\n${one('b')}\n${one('c')}\n`, about).message).toBe(
      `Kubernetes refused the manifests: ${one('a')}\nAnd 2 more like it.`,
    );
  });

  test('secrets are redacted, and a novel is cut', () => {
    const { message } = explainApply(
      `The ConfigMap "a" is invalid: password=hunter22hunter ${'x'.repeat(5000)}`,
      about,
    );
    expect(message).not.toContain('hunter22');
    expect(message.length).toBeLessThan(700);
  });
});

test('a kustomization that cannot be rendered is told without the path of the moment', () => {
  const folder = '/tmp/checkout-1/apps/shop';
  const stderr = `error: accumulating resources: accumulation err='accumulating resources from 'nope.yaml': evalsymlink failure on '${folder}/nope.yaml' : lstat ${folder}/nope.yaml: no such file or directory'`;
  const { message } = explainRender(stderr, folder);
  expect(message).toMatch(/^The kustomization cannot be rendered: accumulating resources.*'nope\.yaml'/);
  expect(message).not.toContain('/tmp');
  expect(
    explainRender(`error: unable to find one of 'kustomization.yaml' in directory '${folder}'`, folder).message,
  ).toContain("in directory 'the folder'");
});

test.each<[Parameters<typeof explainEnd>[0], RegExp]>([
  [{ kind: 'missing' }, /kubectl is not on the PATH.*installs kubectl/],
  [{ kind: 'timeout', afterMs: 60_000, stderr: '' }, /did not end within 60 s/],
  [{ kind: 'too much', bytes: 4 * 2 ** 20 }, /larger than 4 MiB/],
  [{ kind: 'killed', signal: 'SIGKILL', stderr: '' }, /ended by SIGKILL/],
])('it did not come to an end: %j', (ended, said) => expect(explainEnd(ended).message).toMatch(said));
