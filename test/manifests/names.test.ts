// Names that one folder of manifests/ uses and another makes: a name that nobody makes is found here, and not by the first pod that waits for it.
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import { ConfigFile } from '../../src/config/file-schema.ts';
import { containers, everything, manifestFiles, nameOf, pods, textOf } from './everything.ts';
import { all, everyone, Labels, ofPods, picks, Selector } from './selectors.ts';

const objects = (await everything()).map(({ object }) => object);
const allPods = await pods();
const allContainers = await containers();

const Port = z.looseObject({ port: z.union([z.string(), z.number()]).optional(), name: z.string().optional() });

const Metadata = z.looseObject({ name: z.string(), labels: Labels.default({}) });
const services = all(
  'Service',
  z.looseObject({
    metadata: Metadata,
    spec: z.looseObject({
      selector: Labels,
      ports: z.array(Port.extend({ targetPort: z.union([z.string(), z.number()]).optional() })),
    }),
  }),
);

describe('every Service', () => {
  test.each(services.map(({ name }) => name))('%s selects pods, on ports that they have', (name) => {
    const service = services.find((one) => one.name === name);
    const selector = Selector.parse({ matchLabels: service?.spec.selector });
    const chosen = ofPods.filter(
      ({ namespace, labels }) => namespace === service?.namespace && picks(selector, labels),
    );
    expect(chosen.length).toBeGreaterThan(0);
    for (const { port, targetPort } of service?.spec.ports ?? []) {
      for (const { ports } of chosen) expect(ports).toContain(targetPort ?? port);
    }
  });
});

describe('every Ingress', () => {
  const Backend = z.object({
    service: z.object({ name: z.string(), port: Port.extend({ number: z.number().optional() }) }),
  });
  const ingresses = all(
    'Ingress',
    z.looseObject({
      metadata: z.looseObject({ annotations: Labels.default({}) }),
      spec: z.looseObject({
        ingressClassName: z.enum(['traefik', 'tailscale']),
        tls: z.array(z.looseObject({ secretName: z.undefined() })).default([]),
        rules: z.array(
          z.object({ host: z.string(), http: z.object({ paths: z.array(z.looseObject({ backend: Backend })) }) }),
        ),
      }),
    }),
  );

  test('says its class, has rules, and leads to a port of a Service', () => {
    expect(ingresses.length).toBeGreaterThan(0);
    for (const { namespace, spec } of ingresses) {
      expect(spec.rules.length).toBeGreaterThan(0);
      for (const { backend } of spec.rules.flatMap(({ http }) => http.paths)) {
        const service = services.find(
          ({ metadata, ...one }) => one.namespace === namespace && metadata.name === backend.service.name,
        );
        const { name, number } = backend.service.port;
        expect(service?.spec.ports.map((one) => (name === undefined ? one.port : one.name))).toContain(name ?? number);
      }
    }
  });

  test('of Traefik asks for the certificates of the resolver that there is', () => {
    const values = z.looseObject({ certificatesResolvers: z.record(z.string(), z.unknown()) });
    const [traefik] = all('HelmChartConfig', z.looseObject({ spec: z.object({ valuesContent: z.string() }) }));
    const resolvers = Object.keys(values.parse(parse(traefik?.spec.valuesContent ?? '')).certificatesResolvers);
    for (const { metadata } of ingresses.filter(({ spec }) => spec.ingressClassName === 'traefik')) {
      expect(resolvers).toContain(metadata.annotations['traefik.ingress.kubernetes.io/router.tls.certresolver']);
    }
  });
});

describe('what a pod mounts or reads', () => {
  const named = (kind: string, namespace: string) =>
    objects
      .filter((one) => one.kind === kind && one.metadata.namespace === namespace)
      .map(({ metadata }) => metadata.name);

  test('of ConfigMaps and claims is made in its namespace', () => {
    for (const { owner, namespace, spec } of allPods) {
      const maps = [
        ...spec.volumes.map(({ configMap }) => configMap?.name),
        ...spec.containers.flatMap(({ env, envFrom }) => [
          ...env.map(({ valueFrom }) => valueFrom?.configMapKeyRef?.name),
          ...envFrom.map(({ configMapRef }) => configMapRef?.name),
        ]),
      ].filter((name) => name !== undefined);
      const claims = spec.volumes.flatMap(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? []);
      expect({ owner, missing: maps.filter((name) => !named('ConfigMap', namespace).includes(name)) }).toEqual({
        owner,
        missing: [],
      });
      expect({
        owner,
        missing: claims.filter((name) => !named('PersistentVolumeClaim', namespace).includes(name)),
      }).toEqual({ owner, missing: [] });
    }
  });

  test('of Secrets is one whose making a README shows, with each key', async () => {
    const readmes = (await manifestFiles())
      .filter((name) => name.endsWith('README.md'))
      .map(textOf)
      .join('\n');
    const used = allPods.flatMap(({ spec }) => [
      ...spec.volumes.flatMap(({ secret }) => secret?.secretName ?? []),
      ...spec.imagePullSecrets.map(({ name }) => name),
      ...[...spec.initContainers, ...spec.containers].flatMap(({ env, envFrom }) => [
        ...env.flatMap(({ valueFrom }) => valueFrom?.secretKeyRef?.name ?? []),
        ...envFrom.flatMap(({ secretRef }) => secretRef?.name ?? []),
      ]),
    ]);
    expect(used.length).toBeGreaterThan(3);
    const undocumented = [...new Set(used)].filter(
      (name) => !new RegExp(`create secret [a-z-]+ ${name}\\b`).test(readmes),
    );
    expect(undocumented).toEqual([]);
    const keys = allContainers.flatMap(([, { env }]) =>
      env.flatMap(({ valueFrom }) =>
        valueFrom?.secretKeyRef === undefined ? [] : String(valueFrom.secretKeyRef['key']),
      ),
    );
    expect([...new Set(keys)].filter((key) => !readmes.includes(`${key}=`))).toEqual([]);
  });

  test('as an account is one that is made, or the one that may nothing', () => {
    const missing = allPods.filter(
      ({ namespace, spec }) =>
        spec.serviceAccountName !== undefined && !named('ServiceAccount', namespace).includes(spec.serviceAccountName),
    );
    expect(missing.map(({ owner }) => owner)).toEqual([]);
  });
});

test('every claim names one of the two storage classes', () => {
  const Claim = z.looseObject({ spec: z.looseObject({ storageClassName: z.string() }) });
  const claims = [
    ...all('PersistentVolumeClaim', Claim),
    ...all(
      'StatefulSet',
      z.looseObject({ spec: z.looseObject({ volumeClaimTemplates: z.array(Claim).default([]) }) }),
    ).flatMap(({ spec }) => spec.volumeClaimTemplates),
  ];
  expect(claims.length).toBeGreaterThan(2);
  const provided = z
    .looseObject({ storageClass: z.looseObject({ name: z.string() }) })
    .parse(parse(textOf('storage/values.yaml')));
  for (const { spec } of claims) expect(['local-path', provided.storageClass.name]).toContain(spec.storageClassName);
});

describe('every monitor', () => {
  const Endpoints = z.array(z.looseObject({ port: z.string() })).default([]);
  const Monitor = z.looseObject({
    metadata: Metadata,
    spec: z.looseObject({
      selector: Selector,
      namespaceSelector: z.object({ matchNames: z.array(z.string()) }).optional(),
      endpoints: Endpoints,
      podMetricsEndpoints: Endpoints,
    }),
  });

  test('of Services selects one that has the port', () => {
    const monitors = all('ServiceMonitor', Monitor);
    expect(monitors.length).toBeGreaterThan(1);
    for (const { name, namespace, spec } of monitors) {
      const among = spec.namespaceSelector?.matchNames ?? [namespace];
      const chosen = services.filter(
        (one) => among.includes(one.namespace) && picks(spec.selector, one.metadata.labels),
      );
      const ports = chosen.flatMap((one) => one.spec.ports.map((port) => port.name));
      for (const { port } of spec.endpoints) expect([name, ports]).toEqual([name, expect.arrayContaining([port])]);
    }
  });

  test('of pods selects some that have the port', () => {
    const monitors = all('PodMonitor', Monitor);
    expect(monitors.length).toBeGreaterThan(0);
    for (const { name, namespace, spec } of monitors) {
      const among = spec.namespaceSelector?.matchNames ?? [namespace];
      const ports = everyone
        .filter((one) => among.includes(one.namespace) && picks(spec.selector, one.labels))
        .flatMap((one) => [...one.ports]);
      for (const { port } of spec.podMetricsEndpoints)
        expect([name, ports]).toEqual([name, expect.arrayContaining([port])]);
    }
  });

  test('and rule is found by the release of Prometheus, also where its values ask for the label', () => {
    const found = objects.filter(({ kind }) => /^(ServiceMonitor|PodMonitor|PrometheusRule)$/.test(kind));
    expect(found.filter(({ metadata }) => metadata.labels?.['release'] !== 'prometheus').map(nameOf)).toEqual([]);
  });
});

describe("the bot's sample configuration", () => {
  const config = ConfigFile.parse(parse(textOf('chatops/config.yaml')));

  test.each(Object.entries(config.apps))(
    '%s is an app whose manifests are there, under the names that it says',
    (_name, app) => {
      const pod = allPods.find(({ owner }) => owner === `Deployment ${app.namespace}/${app.deployment}`);
      expect(pod?.folder).toBe(app.path);
      const container = pod?.spec.containers.find(({ name }) => name === app.container);
      expect(container?.image.startsWith(`${app.image}:`)).toBe(true);
      expect(textOf(`${app.path}/kustomization.yaml`)).toMatch(new RegExp(`[nN]ame: ${app.image}\\n +newTag: "`));
    },
  );
});
