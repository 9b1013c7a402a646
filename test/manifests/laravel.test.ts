// manifests/apps/laravel-multitenant, beside what the bot, Traefik and a rollout need of it.
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import { ConfigFile } from '../../src/config/file-schema.ts';
import { textOf } from './everything.ts';
import { rendered, theOnly } from './render.ts';

const folder = 'apps/laravel-multitenant';
const objects = await rendered(folder);
const { shop } = ConfigFile.parse(parse(textOf('chatops/config.yaml'))).apps;

const Probe = z.looseObject({ httpGet: z.object({ path: z.string(), port: z.string() }).optional() });
const Container = z.looseObject({
  name: z.string(),
  image: z.string(),
  env: z.array(z.looseObject({ name: z.string() })),
  envFrom: z.array(z.unknown()),
  volumeMounts: z.array(z.looseObject({ name: z.string(), mountPath: z.string() })),
});
const Deployment = z.object({
  spec: z.looseObject({
    replicas: z.number(),
    progressDeadlineSeconds: z.number(),
    strategy: z.unknown(),
    selector: z.object({ matchLabels: z.record(z.string(), z.string()) }),
    template: z.object({
      spec: z.looseObject({
        terminationGracePeriodSeconds: z.number(),
        initContainers: z.tuple([Container.extend({ args: z.array(z.string()) })]),
        containers: z.tuple([
          Container.extend({
            startupProbe: Probe,
            readinessProbe: Probe,
            livenessProbe: Probe,
            lifecycle: z.object({ preStop: z.object({ sleep: z.object({ seconds: z.number() }) }) }),
          }),
        ]),
        topologySpreadConstraints: z.array(z.looseObject({ topologyKey: z.string(), whenUnsatisfiable: z.string() })),
      }),
    }),
  }),
});
const Job = z.object({
  metadata: z.object({ name: z.string() }),
  spec: z.looseObject({
    ttlSecondsAfterFinished: z.number(),
    template: z.object({
      metadata: z.object({ labels: z.record(z.string(), z.string()) }),
      spec: z.looseObject({
        restartPolicy: z.string(),
        containers: z.tuple([Container.extend({ command: z.array(z.string()) })]),
      }),
    }),
  }),
});

const the = (kind: string) => theOnly(objects, kind);

const { spec: deployment } = Deployment.parse(the('Deployment'));
const pod = deployment.template.spec;
const [app] = pod.containers;
const [waiting] = pod.initContainers;
const job = Job.parse(the('Job'));
const [migrate] = job.spec.template.spec.containers;
const tag = app.image.split(':').at(-1) ?? '';

describe('the names are those of the specification and of the bot', () => {
  test('Deployment, container, Service, Ingress and image', () => {
    expect(shop).toMatchObject({
      path: folder,
      namespace: 'laravel-apps',
      deployment: 'laravel-multi-tenant',
      container: app.name,
    });
    expect(the('Deployment').metadata).toMatchObject({ name: shop?.deployment, namespace: shop?.namespace });
    expect(app.image).toBe(`${shop?.image}:${tag}`);
    expect(the('Service').metadata.name).toBe('laravel-multi-tenant-service');
    expect(the('Ingress').metadata.name).toBe('multi-tenant-router');
  });

  test('the tag is a whole SHA in quotes, so that no SHA is ever read as a number', () => {
    expect(textOf(`${folder}/kustomization.yaml`)).toMatch(/^ +newTag: "[0-9a-f]{40}"$/m);
  });
});

describe('a rollout', () => {
  test('never has fewer pods than before, and each new one answers before an old one ends', () => {
    expect(deployment.strategy).toEqual({ type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } });
    expect(app.readinessProbe.httpGet).toEqual({ path: '/up', port: 'http' });
    expect(app.startupProbe.httpGet).toEqual({ path: '/up', port: 'http' });
    // A slow database would otherwise restart every pod.
    expect(app.livenessProbe).toMatchObject({ tcpSocket: { port: 'http' } });
  });

  test('leaves an ending pod time to be forgotten by Traefik, and then to finish its requests', () => {
    const { seconds } = app.lifecycle.preStop.sleep;
    expect(seconds).toBeGreaterThanOrEqual(5);
    expect(pod.terminationGracePeriodSeconds - seconds).toBeGreaterThanOrEqual(30);
  });

  test('is given up no later than the bot gives it up', () => {
    expect(deployment.progressDeadlineSeconds * 1000).toBeLessThanOrEqual(shop?.rolloutTimeout ?? 0);
  });

  test('spreads over the nodes, and still runs with one of them left', () => {
    expect(pod.topologySpreadConstraints).toEqual([
      expect.objectContaining({ topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'ScheduleAnyway' }),
    ]);
    expect(the('PodDisruptionBudget')['spec']).toEqual({
      maxUnavailable: 1,
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
      selector: deployment.selector,
    });
  });
});

describe('its migrations', () => {
  test('are a job of the same image, whose name is that of the tag, so that each image has its own', () => {
    expect(job.metadata.name).toBe(`laravel-migrate-${tag}`);
    // And so does that of its pods, which is longer by six.
    expect(job.metadata.name.length + 6).toBeLessThanOrEqual(63);
    expect(migrate.image).toBe(app.image);
    expect(migrate.command).toEqual(['php', 'artisan', 'migrate', '--force', '--no-interaction']);
  });

  test('see the database that the application sees', () => {
    for (const one of [waiting, migrate]) {
      expect({ image: one.image, env: one.env, envFrom: one.envFrom }).toEqual({
        image: app.image,
        env: app.env,
        envFrom: app.envFrom,
      });
    }
  });

  test('are waited for by every pod of the new image', () => {
    expect(waiting.args.join()).toContain('until php artisan migrate:status --pending=1');
  });

  test('get no request: the Service does not select them', () => {
    expect(job.spec.template.metadata.labels).not.toMatchObject(deployment.selector.matchLabels);
    expect(the('Service')['spec']).toMatchObject({ selector: deployment.selector.matchLabels });
  });
});

describe('its hosts', () => {
  test('are served on 443 with a certificate each, and name no Secret that nobody writes', () => {
    const ingress = the('Ingress');
    expect(ingress.metadata['annotations']).toEqual({
      'traefik.ingress.kubernetes.io/router.entrypoints': 'websecure',
      'traefik.ingress.kubernetes.io/router.tls': 'true',
      'traefik.ingress.kubernetes.io/router.tls.certresolver': 'letsencrypt',
    });
    const spec = z.strictObject({ ingressClassName: z.literal('traefik'), rules: z.array(z.unknown()) });
    expect(spec.parse(ingress['spec']).rules).toHaveLength(3);
  });

  test('each lead to the Service', () => {
    const Rule = z.object({
      host: z.string(),
      http: z.object({
        paths: z.tuple([z.object({ path: z.literal('/'), pathType: z.literal('Prefix'), backend: z.unknown() })]),
      }),
    });
    const { rules } = z.looseObject({ rules: z.array(Rule) }).parse(the('Ingress')['spec']);
    for (const { http } of rules) {
      expect(http.paths[0].backend).toEqual({
        service: { name: 'laravel-multi-tenant-service', port: { name: 'http' } },
      });
    }
  });
});

describe('its environment', () => {
  const config = z.object({ data: z.record(z.string(), z.string()) }).parse(the('ConfigMap')).data;

  test('names the database as it is made', async () => {
    const mysql = await rendered('database/mysql');
    const service = mysql.find(
      ({ kind, metadata }) => kind === 'Service' && metadata.name === 'mysql-multi-tenant-service',
    );
    expect(config['DB_HOST']).toBe(`${service?.metadata.name}.${service?.metadata.namespace}.svc.cluster.local`);
    const env = z.array(z.looseObject({ name: z.string(), value: z.string().optional() }));
    const server = z
      .object({
        spec: z.object({
          template: z.object({ spec: z.object({ containers: z.array(z.looseObject({ name: z.string(), env })) }) }),
        }),
      })
      .parse(mysql.find(({ kind }) => kind === 'StatefulSet')).spec.template.spec.containers[0]?.env;
    const valueIn = (name: string) => server?.find((one) => one.name === name)?.value;
    expect([config['DB_DATABASE'], config['DB_USERNAME']]).toEqual([valueIn('MYSQL_DATABASE'), valueIn('MYSQL_USER')]);
  });

  test('keeps nothing in a pod that another would miss', () => {
    expect(config).toMatchObject({
      SESSION_DRIVER: 'database',
      CACHE_STORE: 'database',
      LOG_CHANNEL: 'stderr',
      APP_DEBUG: 'false',
    });
  });

  test('holds no secret', () => {
    expect(Object.keys(config).filter((name) => /KEY|SECRET|PASSWORD|TOKEN/.test(name))).toEqual([]);
  });

  test('what it may write outlives no pod, but for uploads', () => {
    const mounts = app.volumeMounts.map(({ name, mountPath }) => [name, mountPath]);
    expect(mounts).toContainEqual(['uploads', '/app/storage/app']);
    expect(mounts.filter(([name]) => name === 'scratch').map(([, path]) => path)).toEqual([
      '/app/storage/framework/cache',
      '/app/storage/framework/views',
      '/tmp',
    ]);
  });
});
