// The shapes of what manifests/chatops renders, for tests that compare it with the bot.
import { join } from 'node:path';
import { z } from 'zod';
import { manifestsFolder } from './render.ts';

export const chatopsFolder = join(manifestsFolder, 'chatops');

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
