// The bot's pod, beside its image, its configuration, its HTTP routes and its rights.
import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import { readEnvironment } from '../../src/config/environment.ts';
import { Environment, isRequired, variableMeta, variableNames } from '../../src/config/environment-schema.ts';
import { ConfigFile } from '../../src/config/file-schema.ts';
import { valuesOf } from '../containerfile.ts';
import { ConfigMap, chatopsFolder, Deployment } from '../manifests/chatops.ts';
import { type Manifest, rendered, theOnly } from '../manifests/render.ts';

const secretVariables = variableNames.filter((name) => variableMeta(name).secret === true);
const settingsText = readFileSync(join(chatopsFolder, 'settings.env'), 'utf8');
/** Both show how to make the Secret: with what is required, and with all of it. */
const [steps, readme] = ['../../README.md', 'README.md'].map((name) => readFileSync(join(chatopsFolder, name), 'utf8'));

let objects: readonly Manifest[];
let deployment: Deployment['spec'];
let pod: Deployment['spec']['template']['spec'];
let container: (typeof pod)['containers'][0];

beforeAll(async () => {
  objects = await rendered('chatops');
  deployment = Deployment.parse(the('Deployment')).spec;
  pod = deployment.template.spec;
  [container] = pod.containers;
});

const the = (kind: string) => theOnly(objects, kind);

function configMap(name: string): Record<string, string> {
  return ConfigMap.parse(objects.find((one) => one.kind === 'ConfigMap' && one.metadata.name === name)).data;
}

/** Where a volume of the pod is mounted. */
function mountOf(isMeant: (volume: (typeof pod)['volumes'][number]) => boolean): string {
  const volume = pod.volumes.find(isMeant);
  return container.volumeMounts.find(({ name }) => name === volume?.name)?.mountPath ?? '';
}

/** Every variable that the pod may set: those that it sets, and those that settings.env shows behind a #. */
function variables(): Record<string, string> {
  const shown = [...settingsText.matchAll(/^# ([A-Z_]+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]);
  const set = Object.fromEntries(container.env.map(({ name, value }) => [name, value]));
  return { ...Object.fromEntries(shown), ...configMap(container.envFrom[0]?.configMapRef.name ?? ''), ...set };
}

describe('its configuration', () => {
  test('the sample file is one that the bot takes', () => {
    const name = pod.volumes.find((volume) => volume.configMap !== undefined)?.configMap?.name ?? '';
    const [file = ''] = Object.keys(configMap(name));
    expect(variables()['CONFIG_FILE']).toBe(`${mountOf((volume) => volume.configMap !== undefined)}/${file}`);
    const parsed = ConfigFile.safeParse(parse(configMap(name)[file] ?? ''));
    expect(parsed.error).toBe(undefined);
    expect(Object.values(parsed.data?.access ?? {})).not.toContainEqual([]);
    expect(Object.keys(parsed.data?.apps ?? {})).not.toEqual([]);
  });

  test.each([['MANIFEST_REPO_TOKEN_FILE'], ['MANIFEST_REPO_SSH_KEY_FILE', 'MANIFEST_REPO_KNOWN_HOSTS_FILE']])(
    'its environment is one that the bot takes, with all that settings.env offers but %s',
    (...without) => {
      const { [without[0] ?? '']: _one, [without[1] ?? '']: _other, ...env } = variables();
      const url = without.length === 1 ? env['MANIFEST_REPO_URL'] : 'https://github.com/acme/homelab-config.git';
      const read: string[] = [];
      const result = readEnvironment({ ...env, MANIFEST_REPO_URL: url }, (path) => {
        read.push(path);
        const name = variableNames.find((one) => path.endsWith(`/${one}`));
        const text = name === undefined ? '' : variableMeta(name).example;
        return { ok: true, text: text.replaceAll('\\n', '\n') };
      });
      expect(result).toMatchObject({ ok: true });
      expect(read.length).toBeGreaterThan(2);
      const secrets = mountOf((volume) => volume.secret !== undefined);
      expect(read.filter((path) => !path.startsWith(`${secrets}/`))).toEqual([]);
    },
  );

  test('sets what is required, and names no variable that there is not', () => {
    const names = Object.keys(variables()).map((name) => name.replace(/_FILE$/, ''));
    for (const name of variableNames.filter(isRequired)) expect(names).toContain(name);
    const known = [...variableNames, 'CONFIG'];
    expect(names.filter((name) => !known.some((one) => one === name))).toEqual([]);
  });

  test('holds no secret but as a file of the Secret that both READMEs say how to make', () => {
    expect(objects.map(({ kind }) => kind)).not.toContain('Secret');
    expect(Object.keys(variables()).filter((name) => secretVariables.some((one) => one === name))).toEqual([]);
    const files = Object.keys(variables()).filter((name) => secretVariables.some((one) => `${one}_FILE` === name));
    const name = pod.volumes.find((volume) => volume.secret !== undefined)?.secret?.secretName;
    for (const text of [steps, readme]) expect(text).toContain(`create secret generic ${name} `);
    for (const required of secretVariables.filter(isRequired)) expect(steps).toContain(`--from-file=${required}=`);
    for (const key of files.map((file) => file.replace(/_FILE$/, ''))) expect(readme).toContain(`--from-file=${key}=`);
  });
});

describe('its process', () => {
  test('runs as the user of the image, who is not root', () => {
    const { runAsUser, runAsGroup } = pod.securityContext;
    expect(valuesOf('USER')).toEqual([`${runAsUser}:${runAsGroup}`]);
  });

  test('has volumes where it writes: its database, and /tmp', () => {
    // The path is resolved against the working directory, which is here the repository's and there the image's.
    const folder = relative(process.cwd(), dirname(Environment.shape.DATABASE_URL.parse(undefined)));
    expect(mountOf((volume) => volume.persistentVolumeClaim !== undefined)).toBe(`${valuesOf('WORKDIR')[0]}/${folder}`);
    expect(mountOf((volume) => volume.emptyDir !== undefined)).toBe('/tmp');
    expect(the('PersistentVolumeClaim').metadata.name).toBe(
      pod.volumes.find((volume) => volume.persistentVolumeClaim !== undefined)?.persistentVolumeClaim?.claimName,
    );
  });

  test('is one at a time, and gets longer to end than the 10 s that it may take', () => {
    expect(deployment).toMatchObject({ replicas: 1, strategy: { type: 'Recreate' } });
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(10);
  });

  test('is asked at the routes that there are, on the port that it listens on', () => {
    const port = Environment.shape.HTTP_PORT.parse(undefined);
    expect(container.ports).toEqual([{ name: 'http', containerPort: port, protocol: 'TCP' }]);
    expect(valuesOf('EXPOSE')).toEqual([`${port}`]);
    const { startupProbe, livenessProbe, readinessProbe } = container;
    expect([startupProbe, livenessProbe, readinessProbe].map(({ httpGet }) => httpGet)).toEqual(
      ['/healthz', '/healthz', '/readyz'].map((path) => ({ path, port: 'http' })),
    );
    const service = z
      .object({
        metadata: z.object({ name: z.string() }),
        spec: z.object({
          selector: z.record(z.string(), z.string()),
          ports: z.array(z.looseObject({ port: z.number() })),
        }),
      })
      .parse(the('Service'));
    expect(service.metadata.name).toBe('homelab-bot');
    expect(service.spec.ports.map((one) => one.port)).toEqual([port]);
    expect(deployment.template.metadata.labels).toMatchObject(service.spec.selector);
    expect(deployment.selector.matchLabels).toEqual(service.spec.selector);
  });
});

describe('its rights', () => {
  const Binding = z.object({
    roleRef: z.object({ name: z.string() }),
    subjects: z.array(z.object({ kind: z.string(), name: z.string() })),
  });

  function bindingsIn(list: readonly Manifest[]) {
    return list.filter(({ kind }) => kind.endsWith('RoleBinding')).map((one) => Binding.parse(one));
  }

  test('are those of rbac/ alone, object by object', async () => {
    const isRbac = ({ apiVersion }: Manifest) => apiVersion.startsWith('rbac.');
    expect(objects.filter(isRbac)).toEqual((await rendered('chatops/rbac')).filter(isRbac));
  });

  test('of the account itself: to act as someone, wherever one looks in these manifests', async () => {
    const everywhere = [
      ...objects,
      ...(await rendered('chatops/monitoring')),
      ...(await rendered('chatops/helm-admin')),
    ];
    const given = bindingsIn(everywhere).filter(({ subjects }) =>
      subjects.some(({ kind, name }) => kind !== 'Group' || !name.startsWith('homelab-bot:')),
    );
    expect(given).toEqual([
      {
        roleRef: { name: 'homelab-bot:impersonate' },
        subjects: [{ kind: 'ServiceAccount', name: pod.serviceAccountName }],
      },
    ]);
    expect(pod.automountServiceAccountToken).toBe(true);
  });

  test('of administrators are given by helm-admin/ alone, to admins alone, and it says how wide that is', async () => {
    expect(bindingsIn(objects).map(({ roleRef }) => roleRef.name)).not.toContain('cluster-admin');
    const added = await rendered('chatops/helm-admin');
    expect(bindingsIn(added)).toEqual([
      { roleRef: { name: 'cluster-admin' }, subjects: [{ kind: 'Group', name: 'homelab-bot:admin' }] },
    ]);
    expect(added).toHaveLength(1);
    expect(readFileSync(join(chatopsFolder, 'helm-admin/cluster-admin.yaml'), 'utf8')).toContain('everything');
  });
});

test('every namespaced object is in the namespace chatops, which admits restricted pods alone', async () => {
  const namespaced = [...objects, ...(await rendered('chatops/monitoring'))].filter(
    ({ kind }) => !/^(Namespace|Cluster.*)$/.test(kind),
  );
  expect(namespaced.length).toBeGreaterThan(7);
  expect(namespaced.filter(({ metadata }) => metadata.namespace !== 'chatops')).toEqual([]);
  expect(the('Namespace').metadata).toMatchObject({
    name: 'chatops',
    labels: { 'pod-security.kubernetes.io/enforce': 'restricted' },
  });
});

test('what a bare cluster is given needs no custom resource', () => {
  const groups = objects.map(({ apiVersion }) => apiVersion.split('/')[0] ?? '');
  expect(groups.filter((group) => group.includes('.') && !group.endsWith('.k8s.io'))).toEqual([]);
});
