// What is refused about an object, in the words of the real server's validation, as far as people come across it.
import { isDeepStrictEqual } from 'node:util';
import { at, isRecord, type KubernetesObject, labelsAt, listAt, recordAt, textAt } from '../objects.ts';
import type { Resource } from '../resources.ts';
import { storeName } from '../resources.ts';
import { ApiError, status } from '../status.ts';

export interface Cause {
  readonly reason: 'FieldValueInvalid' | 'FieldValueRequired' | 'FieldValueNotSupported' | 'FieldValueForbidden';
  readonly message: string;
  readonly field: string;
}

const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const subdomainRule =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

/** Throws 422 with all causes at once. */
export function validate(resource: Resource, object: KubernetesObject, before: KubernetesObject | null): void {
  const causes = [...nameCauses(object)];
  if (['apps/deployments', 'apps/replicasets'].includes(storeName(resource))) causes.push(...scalable(object, before));
  if (causes.length > 0) throw invalid(resource.kind, resource.group, object.metadata.name, causes);
}

export function invalid(kind: string, group: string, name: string, causes: readonly Cause[]): ApiError {
  const of = group === '' ? kind : `${kind}.${group}`;
  const told = causes.map(({ field, message }) => `${field}: ${message}`);
  const said = told.length === 1 ? told[0] : `[${told.join(', ')}]`;
  const details = { ...(name === '' ? {} : { name }), ...(group === '' ? {} : { group }), kind, causes };
  return new ApiError(422, status(422, `${of} "${name}" is invalid: ${said}`, { reason: 'Invalid', details }));
}

function nameCauses({ metadata: { name } }: KubernetesObject): Cause[] {
  if (name === '') return [required('metadata.name', 'Required value: name or generateName is required')];
  if (subdomain.test(name) && name.length <= 253) return [];
  return [wrong('metadata.name', name, subdomainRule)];
}

function scalable(object: KubernetesObject, before: KubernetesObject | null): Cause[] {
  const causes: Cause[] = [];
  const replicas = at(object, 'spec.replicas');
  if (typeof replicas !== 'number' || !Number.isInteger(replicas)) {
    causes.push(wrong('spec.replicas', replicas, 'must be an integer'));
  } else if (replicas < 0) causes.push(wrong('spec.replicas', replicas, 'must be greater than or equal to 0'));
  const selector = at(object, 'spec.selector');
  if (!isRecord(selector)) causes.push(required('spec.selector'));
  const labels = labelsAt(object, 'spec.template.metadata.labels');
  const wanted = Object.entries(recordAt(selector, 'matchLabels'));
  if (!isRecord(selector) || wanted.some(([key, value]) => labels[key] !== value)) {
    const shown = Object.keys(labels).length === 0 ? null : labels;
    causes.push(wrong('spec.template.metadata.labels', shown, '`selector` does not match template `labels`'));
  }
  causes.push(...containers(object));
  if (before && isRecord(selector) && !isDeepStrictEqual(at(before, 'spec.selector'), selector)) {
    causes.push(wrong('spec.selector', selector, 'field is immutable'));
  }
  return causes;
}

function containers(object: KubernetesObject): Cause[] {
  const path = 'spec.template.spec.containers';
  const list = listAt(object, path);
  if (list.length === 0) return [required(path)];
  return list.flatMap((one, index) =>
    ['name', 'image']
      .filter((field) => textAt(one, field) === '')
      .map((field) => required(`${path}[${index}].${field}`)),
  );
}

function required(field: string, message = 'Required value'): Cause {
  return { reason: 'FieldValueRequired', message, field };
}

export function wrong(field: string, value: unknown, why: string): Cause {
  return { reason: 'FieldValueInvalid', message: `Invalid value: ${JSON.stringify(value ?? null)}: ${why}`, field };
}
