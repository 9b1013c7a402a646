// manifests/chatops as kubectl renders it, for tests that compare it with the bot.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { findPrograms } from '../sandbox/programs.ts';

export const chatopsFolder = join(import.meta.dirname, '../manifests/chatops');

const Manifest = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({
    name: z.string(),
    namespace: z.string().optional(),
    labels: z.record(z.string(), z.string()).optional(),
  }),
});
export type Manifest = z.infer<typeof Manifest>;

/** @param folder below manifests/chatops; itself by default. */
export async function rendered(folder = '.'): Promise<Manifest[]> {
  const { path } = await findPrograms();
  const { stdout } = await promisify(execFile)('kubectl', ['kustomize', join(chatopsFolder, folder)], {
    env: { PATH: path, KUBECONFIG: '/dev/null' },
    maxBuffer: 16 * 2 ** 20,
  });
  return parseAllDocuments(stdout).map((document) => Manifest.parse(document.toJS()));
}

const Named = z.object({ name: z.string() });

export const Deployment = z.object({
  kind: z.literal('Deployment'),
  spec: z.object({
    replicas: z.number(),
    strategy: z.object({ type: z.string() }),
    selector: z.object({ matchLabels: z.record(z.string(), z.string()) }),
    template: z.object({
      metadata: z.object({ labels: z.record(z.string(), z.string()) }),
      spec: z.object({
        serviceAccountName: z.string(),
        automountServiceAccountToken: z.boolean(),
        terminationGracePeriodSeconds: z.number(),
        securityContext: z.looseObject({ runAsUser: z.number(), runAsGroup: z.number() }),
        containers: z.tuple([
          z.object({
            image: z.string(),
            ports: z.array(z.object({ name: z.string(), containerPort: z.number(), protocol: z.literal('TCP') })),
            env: z.array(Named.extend({ value: z.string() })),
            envFrom: z.array(z.object({ configMapRef: Named })),
            volumeMounts: z.array(Named.extend({ mountPath: z.string() })),
            startupProbe: Probe(),
            livenessProbe: Probe(),
            readinessProbe: Probe(),
          }),
        ]),
        volumes: z.array(
          Named.extend({
            persistentVolumeClaim: z.object({ claimName: z.string() }).optional(),
            configMap: Named.optional(),
            secret: z.object({ secretName: z.string() }).optional(),
            emptyDir: z.object({ sizeLimit: z.string() }).optional(),
          }),
        ),
      }),
    }),
  }),
});
export type Deployment = z.infer<typeof Deployment>;

function Probe() {
  return z.object({ httpGet: z.object({ path: z.string(), port: z.string() }) });
}

export const ConfigMap = z.object({ metadata: Named, data: z.record(z.string(), z.string()) });
