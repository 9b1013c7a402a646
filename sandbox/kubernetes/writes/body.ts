// The object in the body of a request, and what must hold of any object before it is looked at more closely.
import { parse } from 'yaml';
import type { Incoming } from '../incoming.ts';
import { isRecord, type KubernetesObject, textAt } from '../objects.ts';
import type { ResourceRequest } from '../request-info.ts';
import { groupVersion, type Resource } from '../resources.ts';
import { ApiError, badRequest, status } from '../status.ts';

/** `application/json` without its parameters. */
export function contentType({ headers }: Incoming): string {
  return (headers['content-type']?.[0] ?? 'application/json').split(';')[0]?.trim() ?? '';
}

export function unsupportedType(): ApiError {
  const message = '415: Unsupported Media Type';
  return new ApiError(415, status(415, message, { reason: 'UnsupportedMediaType', details: {} }));
}

/** Throws 400. */
export function jsonOf({ body }: Incoming): unknown {
  try {
    return JSON.parse(body.toString());
  } catch (error) {
    throw badRequest(`json: ${error instanceof Error ? error.message : 'invalid'}`);
  }
}

/** YAML, of which JSON is a part. Throws 400. */
export function yamlOf({ body }: Incoming): unknown {
  try {
    return parse(body.toString());
  } catch (error) {
    const [first = ''] = (error instanceof Error ? error.message : '').split('\n');
    throw badRequest(`error decoding YAML: error converting YAML to JSON: yaml: ${first}`);
  }
}

/** The object with the name and namespace of the path, where it leaves them open. Throws 400 where they differ. */
export function objectFor(value: unknown, resource: Resource, info: ResourceRequest): KubernetesObject {
  if (!isRecord(value)) throw badRequest(`the object provided is unrecognized (must be of type ${resource.kind})`);
  const apiVersion = textAt(value, 'apiVersion') || groupVersion(resource);
  const kind = textAt(value, 'kind') || resource.kind;
  if (apiVersion !== groupVersion(resource) || kind !== resource.kind) {
    const [version = '', group = ''] = apiVersion.split('/').toReversed();
    throw badRequest(`invalid object type: ${group}/${version}, Kind=${kind}`);
  }
  const metadata = isRecord(value['metadata']) ? value['metadata'] : {};
  const name = textAt(metadata, 'name') || info.pathName;
  if (info.pathName !== '' && name !== info.pathName) {
    throw badRequest(`the name of the object (${name}) does not match the name on the URL (${info.pathName})`);
  }
  const namespace = textAt(metadata, 'namespace') || info.namespace;
  if (resource.namespaced && namespace !== info.namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  const { name: _n, namespace: _s, ...more } = metadata;
  return { ...value, apiVersion, kind, metadata: { name, ...(resource.namespaced ? { namespace } : {}), ...more } };
}
