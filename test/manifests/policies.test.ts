// What holds for every pod and every right in manifests/, whoever wrote it: nothing runs as root, unbounded or unpinned, and nothing may everything.
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { containers, everything, manifestFiles, nameOf, pods, textOf } from './everything.ts';

const objects = await everything();
const allPods = await pods();
const allContainers = await containers();

/** Containers whose program writes beside itself, each with the reason in its manifest. */
const writesItsRoot: readonly string[] = [];

test('there are pods to look at', () => {
  expect(allContainers.length).toBeGreaterThan(4);
});

describe.each(allContainers)('%s', (name, container, pod) => {
  const security = { ...pod.spec.securityContext, ...container.securityContext };

  test('runs an image that is pinned', () => {
    expect(container.image).toMatch(/^[a-z0-9./-]+(:[0-9]+)?[a-z0-9./_-]*(:[\w][\w.-]*)(@sha256:[0-9a-f]{64})?$/);
    expect(container.image).not.toMatch(/:(latest|stable|main|master|edge|lts)(@|$)/);
  });

  test('says what it needs, and where it ends', () => {
    expect(container.resources).toMatchObject({
      requests: { cpu: expect.anything(), memory: expect.anything() },
      limits: { memory: expect.anything() },
    });
  });

  test('is nobody in particular, and cannot become more', () => {
    expect(security).toMatchObject({
      runAsNonRoot: true,
      allowPrivilegeEscalation: false,
      seccompProfile: { type: 'RuntimeDefault' },
      capabilities: { drop: ['ALL'] },
    });
    expect(security.runAsUser).not.toBe(0);
    expect(security.privileged ?? false).toBe(false);
    expect(security.capabilities?.add ?? []).toEqual([]);
  });

  test('writes to its volumes alone', () => {
    expect(security.readOnlyRootFilesystem ?? false).toBe(!writesItsRoot.includes(name));
  });
});

test('no pod sees its host', () => {
  const seeing = allPods.filter(
    ({ spec }) => spec.hostNetwork || spec.hostPID || spec.volumes.some((volume) => volume.hostPath !== undefined),
  );
  expect(seeing.map(({ owner }) => owner)).toEqual([]);
});

test('only the bot is given a token for the API server', () => {
  const given = allPods.filter(({ spec }) => spec.automountServiceAccountToken !== false);
  expect(given.map(({ owner }) => owner)).toEqual(['Deployment chatops/homelab-bot']);
});

describe('rights', () => {
  const Rules = z.object({ rules: z.array(z.record(z.string(), z.array(z.string()))).nullish() });
  const Binding = z.object({ roleRef: z.object({ name: z.string() }) });

  test('never say "everything"', () => {
    const wide = objects
      .filter(({ object }) => /^(Cluster)?Role$/.test(object.kind))
      .filter(({ object }) =>
        (Rules.parse(object).rules ?? []).some((rule) => Object.values(rule).flat().includes('*')),
      );
    expect(wide.map(({ object }) => nameOf(object))).toEqual([]);
  });

  test('of an administrator are given by chatops/helm-admin alone, which nobody applies unasked', () => {
    const admins = objects
      .filter(({ object }) => object.kind.endsWith('RoleBinding'))
      .filter(({ object }) => /^(cluster-admin|admin|edit)$/.test(Binding.parse(object).roleRef.name));
    expect(admins.map(({ folder }) => folder)).toEqual(['chatops/helm-admin']);
  });
});

describe('secrets', () => {
  test('have no value in the repository', () => {
    const made = objects.filter(({ object }) => object.kind === 'Secret');
    for (const { object } of made) {
      expect(object).not.toHaveProperty('data');
      expect(object).not.toHaveProperty('stringData');
    }
    // Kubernetes fills in the one of an account by itself.
    expect(made.map(({ object }) => [object.metadata.name, object['type']])).toEqual([
      ['deployer-token', 'kubernetes.io/service-account-token'],
    ]);
  });

  test('are in no file either', async () => {
    const keys =
      /-----BEGIN [A-Z ]*PRIVATE KEY|\b(ghp|gho|ghs|github_pat|tskey-[a-z]+|glpat|xox[bp])[-_][A-Za-z0-9]{10}|\bdiscord(app)?\.com\/api\/webhooks\/\d|\bpassword: ?["']?[A-Za-z0-9]{6}/;
    const found = (await manifestFiles()).filter((name) => keys.test(textOf(name)));
    expect(found).toEqual([]);
  });
});

describe('namespaces', () => {
  const made = objects.filter(({ object }) => object.kind === 'Namespace').map(({ object }) => object.metadata.name);
  const Policy = z.looseObject({
    spec: z.looseObject({
      podSelector: z.object({ matchLabels: z.record(z.string(), z.string()).optional() }).loose(),
      policyTypes: z.array(z.string()),
      ingress: z.array(z.unknown()).optional(),
      egress: z.array(z.unknown()).optional(),
    }),
  });

  test('are made before anything is put into them; only kube-system is there already', () => {
    const used = new Set(objects.map(({ object }) => object.metadata.namespace ?? '').filter((name) => name !== ''));
    expect([...used].filter((name) => !made.includes(name))).toEqual(['kube-system']);
  });

  test('name what they admit', () => {
    const admits = Object.fromEntries(
      objects
        .filter(({ object }) => object.kind === 'Namespace')
        .map(({ object }) => [object.metadata.name, object.metadata.labels?.['pod-security.kubernetes.io/enforce']]),
    );
    expect(admits).toEqual({
      chatops: 'restricted',
      'laravel-apps': 'restricted',
      monitoring: 'privileged',
      storage: 'restricted',
      tailscale: 'privileged',
    });
  });

  test.each(['chatops', 'laravel-apps', 'monitoring', 'storage'])(
    '%s starts from "nothing in, nothing out"',
    (namespace) => {
      const policies = objects
        .filter(({ object }) => object.kind === 'NetworkPolicy' && object.metadata.namespace === namespace)
        .map(({ object }) => Policy.parse(object).spec);
      expect(policies).toContainEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
    },
  );

  test('no policy but for names opens all of a namespace to everyone', () => {
    const open = objects
      .filter(({ object }) => object.kind === 'NetworkPolicy')
      .filter(({ object }) => {
        const { ingress = [], egress = [] } = Policy.parse(object).spec;
        return [...ingress, ...egress].some((rule) => JSON.stringify(rule) === '{}');
      });
    expect(open.map(({ object }) => nameOf(object))).toEqual([]);
  });
});
