// All that manifests/ holds, rendered once: every kustomization, every object of it with the folder that it comes from, every pod.
import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { type Manifest, manifestsFolder, rendered } from './render.ts';

export interface Placed {
  /** Below manifests/, as `database/mysql`. */
  readonly folder: string;
  readonly object: Manifest;
}

const Kustomization = z.looseObject({ kind: z.string(), resources: z.array(z.string()).optional() });

/** Every file below manifests/, sorted; paths as `chatops/service.yaml`. */
export async function manifestFiles(): Promise<string[]> {
  const entries = await readdir(manifestsFolder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(manifestsFolder.length + 1))
    .sort();
}

/** Every folder that is applied by itself: one with a kustomization, but for components. */
export async function kustomizationFolders(): Promise<string[]> {
  const files = (await manifestFiles()).filter((name) => name.endsWith('kustomization.yaml'));
  return files
    .filter((name) => Kustomization.parse(parse(textOf(name))).kind === 'Kustomization')
    .map((name) => dirname(name));
}

export function textOf(name: string): string {
  return readFileSync(join(manifestsFolder, name), 'utf8');
}

let once: Promise<readonly { readonly folder: string; readonly objects: readonly Manifest[] }[]> | null = null;

/**
 * What each folder renders, outer folders first.
 * @throws what kubectl says of the first folder that it cannot render.
 */
export function renders() {
  once ??= kustomizationFolders().then((folders) =>
    Promise.all(
      folders.sort((a, b) => a.length - b.length).map(async (folder) => ({ folder, objects: await rendered(folder) })),
    ),
  );
  return once;
}

/** Every object once, under the outermost folder that renders it: what `chatops` includes of `chatops/rbac` is the same object. */
export async function everything(): Promise<readonly Placed[]> {
  const placed = new Map<string, Placed>();
  for (const { folder, objects } of await renders()) {
    for (const object of objects) if (!placed.has(nameOf(object))) placed.set(nameOf(object), { folder, object });
  }
  return [...placed.values()];
}

/** As `Deployment laravel-apps/laravel-multi-tenant`. */
export function nameOf({ kind, metadata }: Manifest): string {
  return `${kind} ${metadata.namespace === undefined ? '' : `${metadata.namespace}/`}${metadata.name}`;
}

const Labels = z.record(z.string(), z.string());
const Security = z.looseObject({
  runAsNonRoot: z.boolean().optional(),
  runAsUser: z.number().optional(),
  privileged: z.boolean().optional(),
  allowPrivilegeEscalation: z.boolean().optional(),
  readOnlyRootFilesystem: z.boolean().optional(),
  capabilities: z.object({ drop: z.array(z.string()).optional(), add: z.array(z.string()).optional() }).optional(),
  seccompProfile: z.object({ type: z.string() }).optional(),
});
const Named = z.looseObject({ name: z.string() });
const Container = z.looseObject({
  name: z.string(),
  image: z.string(),
  ports: z.array(z.looseObject({ name: z.string().optional(), containerPort: z.number() })).default([]),
  env: z
    .array(
      z.looseObject({
        name: z.string(),
        valueFrom: z.looseObject({ secretKeyRef: Named.optional(), configMapKeyRef: Named.optional() }).optional(),
      }),
    )
    .default([]),
  envFrom: z.array(z.looseObject({ secretRef: Named.optional(), configMapRef: Named.optional() })).default([]),
  resources: z
    .object({ requests: z.record(z.string(), z.unknown()), limits: z.record(z.string(), z.unknown()) })
    .partial()
    .default({}),
  securityContext: Security.default({}),
});
export type Container = z.infer<typeof Container>;

const PodTemplate = z.object({
  metadata: z.looseObject({ labels: Labels.default({}) }).default({ labels: {} }),
  spec: z.looseObject({
    containers: z.array(Container),
    initContainers: z.array(Container).default([]),
    serviceAccountName: z.string().optional(),
    automountServiceAccountToken: z.boolean().optional(),
    imagePullSecrets: z.array(Named).default([]),
    hostNetwork: z.boolean().optional(),
    hostPID: z.boolean().optional(),
    securityContext: Security.default({}),
    volumes: z
      .array(
        z.looseObject({
          name: z.string(),
          secret: z.looseObject({ secretName: z.string() }).optional(),
          configMap: Named.optional(),
          persistentVolumeClaim: z.looseObject({ claimName: z.string() }).optional(),
          hostPath: z.unknown().optional(),
        }),
      )
      .default([]),
  }),
});

export interface Pod extends z.infer<typeof PodTemplate> {
  /** As `CronJob laravel-apps/mysql-backup`. */
  readonly owner: string;
  readonly namespace: string;
  readonly folder: string;
}

const Workload = z.looseObject({ spec: z.looseObject({ template: PodTemplate }) });
const CronJob = z.looseObject({ spec: z.looseObject({ jobTemplate: Workload }) });

/** The pods that the objects make. */
export async function pods(): Promise<Pod[]> {
  return (await everything()).flatMap(({ folder, object }) => {
    const template = templateOf(object);
    if (template === null) return [];
    return [{ ...template, owner: nameOf(object), namespace: object.metadata.namespace ?? '', folder }];
  });
}

function templateOf(object: Manifest): z.infer<typeof PodTemplate> | null {
  if (object.kind === 'CronJob') return CronJob.parse(object).spec.jobTemplate.spec.template;
  if (['Deployment', 'StatefulSet', 'DaemonSet', 'Job'].includes(object.kind)) {
    return Workload.parse(object).spec.template;
  }
  return object.kind === 'Pod' ? PodTemplate.parse(object) : null;
}

/** Every container of every pod, as `[owner/container, container, pod]`, for test.each. */
export async function containers(): Promise<[string, Container, Pod][]> {
  return (await pods()).flatMap((pod) =>
    [...pod.spec.initContainers, ...pod.spec.containers].map((one): [string, Container, Pod] => [
      `${pod.owner}/${one.name}`,
      one,
      pod,
    ]),
  );
}
