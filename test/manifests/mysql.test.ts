// manifests/database/mysql, beside what the scheduler, the application, Prometheus and the scripts of dumps need of it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { textOf } from './everything.ts';
import { manifestsFolder, rendered, theOnly } from './render.ts';

const folder = 'database/mysql';
const objects = await rendered(folder);

const Env = z.looseObject({ name: z.string(), value: z.string().optional() });
const Container = z.looseObject({
  name: z.string(),
  image: z.string(),
  command: z.array(z.string()).optional(),
  env: z.array(Env),
  ports: z.array(z.looseObject({ name: z.string(), containerPort: z.number() })).optional(),
  volumeMounts: z.array(z.looseObject({ name: z.string(), mountPath: z.string() })).optional(),
});
const Volume = z.looseObject({
  name: z.string(),
  configMap: z.object({ name: z.string() }).optional(),
  secret: z
    .looseObject({ secretName: z.string(), items: z.array(z.object({ key: z.string(), path: z.string() })).optional() })
    .optional(),
});
const PodSpec = z.looseObject({ containers: z.array(Container), volumes: z.array(Volume) });

const { spec: server } = z
  .object({
    spec: z.looseObject({
      replicas: z.number(),
      serviceName: z.string(),
      persistentVolumeClaimRetentionPolicy: z.unknown(),
      template: z.object({ spec: PodSpec.extend({ tolerations: z.unknown(), affinity: z.unknown() }) }),
      volumeClaimTemplates: z.array(z.looseObject({ spec: z.looseObject({ storageClassName: z.string() }) })),
    }),
  })
  .parse(theOnly(objects, 'StatefulSet', 'mysql-multi-tenant'));
const CronJob = z.object({
  spec: z.looseObject({
    schedule: z.string(),
    suspend: z.boolean().default(false),
    concurrencyPolicy: z.string(),
    jobTemplate: z.object({ spec: z.looseObject({ backoffLimit: z.number(), template: z.object({ spec: PodSpec }) }) }),
  }),
});
const backup = CronJob.parse(theOnly(objects, 'CronJob', 'mysql-backup')).spec;
const restore = CronJob.parse(theOnly(objects, 'CronJob', 'mysql-restore')).spec;
const [mysql, exporter] = server.template.spec.containers;

/** `[mysqld]` of the configuration that the pod reads. */
function setting(name: string): string | undefined {
  return new RegExp(`^${name} = (.*)$`, 'm').exec(textOf(`${folder}/config/homelab.cnf`))?.[1];
}

describe('the server', () => {
  test('goes to the node that is labelled for it, tolerates its taint and no other', () => {
    // As bootstrap registers that node.
    const agent = textOf('bootstrap/config/agent-db.yaml');
    expect(agent).toMatch(/app-type=db$/m);
    expect(agent).toMatch(/app-type=db:NoSchedule/);
    expect(server.template.spec.tolerations).toEqual([
      { key: 'app-type', operator: 'Equal', value: 'db', effect: 'NoSchedule' },
    ]);
    expect(server.template.spec.affinity).toEqual({
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchExpressions: [{ key: 'app-type', operator: 'In', values: ['db'] }] }],
        },
      },
    });
  });

  test('is one, on that node’s disk, and its data outlives it', () => {
    expect(server.replicas).toBe(1);
    expect(server.volumeClaimTemplates.map(({ spec }) => spec.storageClassName)).toEqual(['local-path']);
    expect(server.persistentVolumeClaimRetentionPolicy).toEqual({ whenDeleted: 'Retain', whenScaled: 'Retain' });
    expect(theOnly(objects, 'Service', server.serviceName)['spec']).toMatchObject({ clusterIP: 'None' });
  });

  test('is ready only once it listens by TCP, which the one that fills an empty volume does not', () => {
    for (const probe of ['startupProbe', 'readinessProbe', 'livenessProbe']) {
      expect(mysql?.[probe]).toMatchObject({
        exec: { command: ['mysqladmin', 'ping', '--host=127.0.0.1', '--connect-timeout=3'] },
      });
    }
  });

  test('is not taken out of its Service by its exporter', () => {
    expect(exporter).not.toHaveProperty('readinessProbe');
  });

  test('lets a root in from its own container alone', () => {
    expect(mysql?.env).toContainEqual({ name: 'MYSQL_ROOT_HOST', value: 'localhost' });
  });

  test('has a buffer pool that leaves memory for connections', () => {
    expect(setting('innodb_buffer_pool_size')).toBe('1G');
    expect(mysql?.['resources']).toMatchObject({ limits: { memory: '2Gi' }, requests: { memory: '2Gi' } });
  });

  test('could be followed by a replica', () => {
    expect([setting('gtid_mode'), setting('enforce_gtid_consistency')]).toEqual(['ON', 'ON']);
  });

  test('reads its configuration anew when it changes: the name of the ConfigMap is that of its content', () => {
    const name = server.template.spec.volumes.find((volume) => volume.name === 'config')?.configMap?.name;
    expect(name).toMatch(/^mysql-config-[a-z0-9]{10}$/);
    expect(theOnly(objects, 'ConfigMap', name ?? '')).toMatchObject({
      data: { 'homelab.cnf': textOf(`${folder}/config/homelab.cnf`) },
    });
  });

  test('is the version that dumps and restores bring their programs from', () => {
    const images = [backup, restore].flatMap(({ jobTemplate }) =>
      jobTemplate.spec.template.spec.containers.map(({ image }) => image),
    );
    expect(new Set([mysql?.image, ...images]).size).toBe(1);
  });
});

describe.each([
  ['mysql-backup', backup, 'dump.sh'],
  ['mysql-restore', restore, 'restore.sh'],
] as const)('%s', (_name, { concurrencyPolicy, jobTemplate }, file) => {
  const pod = jobTemplate.spec.template.spec;
  const [container] = pod.containers;

  test('runs the script of the repository, which finds the file beside it that it sources', () => {
    const mounted = container?.volumeMounts?.find(({ mountPath }) => mountPath === '/scripts')?.name;
    const map = pod.volumes.find((volume) => volume.name === mounted)?.configMap?.name ?? '';
    expect(container?.command).toEqual(['bash', `/scripts/${file}`]);
    const { data } = z.object({ data: z.record(z.string(), z.string()) }).parse(theOnly(objects, 'ConfigMap', map));
    const script = (name: string) => readFileSync(join(manifestsFolder, folder, 'scripts', name), 'utf8');
    expect(data[file]).toBe(script(file));
    expect(data['dumps.sh']).toBe(script('dumps.sh'));
  });

  test('is given every variable that the scripts need, and the password as a file', () => {
    const text = textOf(`${folder}/scripts/${file}`) + textOf(`${folder}/scripts/dumps.sh`);
    // Without a default the script would end where it is missing; what it sets by itself is in small letters.
    const needed = new Set([...text.matchAll(/\$\{?([A-Z][A-Z_]+)(?![A-Z_]|:)/g)].map(([, name]) => name));
    needed.delete('BASH_SOURCE');
    const given = container?.env.map(({ name }) => name) ?? [];
    expect([...needed].filter((name) => !given.includes(name ?? ''))).toEqual([]);
    const passwordFile = container?.env.find(({ name }) => name === 'DB_PASSWORD_FILE')?.value ?? '';
    const secret = pod.volumes.find(({ secret: one }) => one !== undefined)?.secret;
    expect(secret?.items?.map(({ path }) => `/run/secrets/mysql/${path}`)).toEqual([passwordFile]);
  });

  test('never runs twice at a time', () => {
    expect(concurrencyPolicy).toBe('Forbid');
  });
});

test('dumps are made each night, and a restore never by itself', () => {
  expect(backup).toMatchObject({ schedule: '17 3 * * *', suspend: false });
  expect(restore.suspend).toBe(true);
  // What failed half-way is not begun again over it.
  expect(restore.jobTemplate.spec.backoffLimit).toBe(0);
});

test('dumps are on other disks than the data', () => {
  expect(theOnly(objects, 'PersistentVolumeClaim', 'mysql-backups')['spec']).toMatchObject({
    storageClassName: 'nfs-client',
    accessModes: ['ReadWriteMany'],
  });
});

describe('a replica', () => {
  const Replica = z.object({
    spec: z.looseObject({
      selector: z.object({ matchLabels: z.record(z.string(), z.string()) }),
      template: z.object({ metadata: z.looseObject({ labels: z.record(z.string(), z.string()) }), spec: PodSpec }),
    }),
  });

  test('is the first one’s server in all but its name, its node and its configuration', async () => {
    const found = await rendered('database/mysql-replica');
    const replica = Replica.parse(found.find(({ kind }) => kind === 'StatefulSet')).spec;
    const withoutConfig = ({ volumes, affinity: _node, ...rest }: z.infer<typeof PodSpec>) => ({
      ...rest,
      volumes: volumes.filter(({ name }) => name !== 'config'),
    });
    expect(withoutConfig(replica.template.spec)).toEqual(withoutConfig(server.template.spec));
    expect(replica.template.spec['affinity']).toMatchObject({
      ...z.record(z.string(), z.unknown()).parse(server.template.spec.affinity),
      podAntiAffinity: expect.anything(),
    });
    // Else each would count the other's pods as its own, and the Service of the first one would lead here.
    expect(replica.selector.matchLabels['app.kubernetes.io/instance']).toBe('replica');
    expect(replica.template.metadata.labels).toMatchObject(replica.selector.matchLabels);
    const config = found.filter(({ kind }) => kind === 'ConfigMap');
    expect(config).toEqual([
      expect.objectContaining({
        data: { 'homelab.cnf': expect.any(String), 'replica.cnf': expect.stringContaining('server_id = 2') },
      }),
    ]);
  });

  test('changes nothing that is the first one’s when it is applied', async () => {
    const names = new Set(objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`));
    const both = (await rendered('database/mysql-replica')).map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    expect(both.filter((name) => names.has(name))).toEqual([]);
  });

  test('is kept out of the alerts and panels that mean the first one, but for how far it is behind', async () => {
    const monitor = (await rendered('database/mysql-replica')).find(({ kind }) => kind === 'ServiceMonitor');
    const endpoints = z
      .object({ endpoints: z.array(z.looseObject({ metricRelabelings: z.unknown() })) })
      .parse(monitor?.['spec']).endpoints;
    expect(endpoints.map(({ metricRelabelings }) => metricRelabelings)).toEqual([
      [{ sourceLabels: ['__name__'], regex: 'mysql_slave_status_.*', action: 'keep' }],
    ]);
  });
});
