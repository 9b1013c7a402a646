// Rendered manifests: which objects they hold, which images, and the same without the replicas that an autoscaler decides on. Pure.
import { type Document, isMap, isNode, isScalar, parseAllDocuments } from 'yaml';
import { UserError } from '../lib/user-error.ts';

export interface ObjectRef {
  readonly kind: string;
  /** Empty where the manifest names none: kubectl takes `default`, or none for objects of the cluster scope. */
  readonly namespace: string;
  readonly name: string;
}

/** What is looked for in a manifest: a Deployment. */
export interface DeploymentRef {
  readonly namespace: string;
  readonly deployment: string;
}

/** In order. @throws UserError where it is no YAML. */
export function objectsIn(manifest: string): ObjectRef[] {
  return documentsOf(manifest).flatMap((document) => refOf(document) ?? []);
}

/** Container name → image of the Deployment's pod template; null where the manifest holds no such Deployment. */
export function imagesOf(manifest: string, of: DeploymentRef): Readonly<Record<string, string>> | null {
  const wanted = { kind: 'Deployment', namespace: of.namespace, name: of.deployment };
  const document = documentsOf(manifest).find((one) => is(refOf(one), wanted));
  if (document === undefined) return null;
  const found: unknown = document.toJS({ maxAliasCount: 100 })?.spec?.template?.spec?.containers;
  const containers: readonly unknown[] = Array.isArray(found) ? found : [];
  return Object.fromEntries(containers.flatMap((one) => imageEntry(one) ?? []));
}

/** The image of one container of a Deployment; null where there is no such container. */
export function imageOf(manifest: string, of: DeploymentRef, container: string): string | null {
  const images = imagesOf(manifest, of);
  return images !== null && Object.hasOwn(images, container) ? (images[container] ?? null) : null;
}

/** Takes the line of `.spec.replicas` out of these objects; every other byte stays. @throws UserError where it is no YAML. */
export function withoutReplicas(manifest: string, targets: readonly ObjectRef[]): string {
  let rest = manifest;
  // From the last to the first, so that what is still to be cut stays where it was.
  for (const document of documentsOf(manifest).toReversed()) {
    const ref = refOf(document);
    if (!targets.some((target) => is(ref, target))) continue;
    const place = replicasIn(document);
    if (place !== null) rest = withoutLines(rest, place);
  }
  return rest;
}

function imageEntry(container: unknown): [[string, string]] | null {
  if (typeof container !== 'object' || container === null || !('name' in container) || !('image' in container))
    return null;
  const { name, image } = container;
  return typeof name === 'string' && typeof image === 'string' ? [[name, image]] : null;
}

function is(ref: ObjectRef | null, target: ObjectRef): boolean {
  return ref?.kind === target.kind && ref.name === target.name && (ref.namespace || 'default') === target.namespace;
}

/** Every scalar as the text that it is: nothing here depends on what YAML makes of `1e10` or `no`. */
function documentsOf(manifest: string): Document.Parsed[] {
  const documents = parseAllDocuments(manifest, { schema: 'failsafe' });
  if (!Array.isArray(documents)) return [];
  const [problem] = documents.flatMap(({ errors }) => errors);
  if (problem !== undefined) throw new UserError(`The manifests cannot be read: ${problem.message.split('\n')[0]}`);
  return documents.filter(({ contents }) => isMap(contents));
}

function refOf(document: Document.Parsed): ObjectRef | null {
  const text = (...path: readonly string[]): string => {
    const value = document.getIn(path);
    return typeof value === 'string' ? value : '';
  };
  const kind = text('kind');
  return kind === '' ? null : { kind, namespace: text('metadata', 'namespace'), name: text('metadata', 'name') };
}

/** Offsets of the first and last byte of `replicas: 3` in the text; null where the field is not there. */
function replicasIn(document: Document.Parsed): readonly [number, number] | null {
  const spec = document.get('spec');
  if (!isMap(spec)) return null;
  const pair = spec.items.find(({ key }) => isScalar(key) && key.value === 'replicas');
  if (pair === undefined || !isNode(pair.key) || !isNode(pair.value)) return null;
  // kustomize writes block style alone; a line of flow style holds more than this.
  if (spec.flow) throw new UserError('The manifests cannot be read: spec is written in braces.');
  const from = pair.key.range?.[0];
  const to = pair.value.range?.[1];
  return from === undefined || to === undefined ? null : [from, to];
}

function withoutLines(text: string, [from, to]: readonly [number, number]): string {
  const start = text.lastIndexOf('\n', from) + 1;
  const end = text.indexOf('\n', to);
  return text.slice(0, start) + (end === -1 ? '' : text.slice(end + 1));
}
