// As much of OpenAPI v3 as kubectl reads before it applies: which kinds can be patched, and that the server validates and dry-runs.
import { groupVersion, type Resource, resources } from './resources.ts';

const parameters = ['dryRun', 'fieldManager', 'fieldValidation', 'force'].map((name) => ({
  name,
  in: 'query',
  schema: { type: name === 'force' ? 'boolean' : 'string', uniqueItems: true },
}));

/** `/openapi/v3`, or the document of one group; null for any other path. */
export function openapi(path: string): object | null {
  const groups = new Map(resources.map((one) => [pathOf(one), groupVersion(one)]));
  if (path === '/openapi/v3') {
    const paths = [...groups.keys()].map((group) => [
      group,
      { serverRelativeURL: `/openapi/v3/${group}?hash=SANDBOX` },
    ]);
    return { paths: Object.fromEntries(paths) };
  }
  const group = path.replace(/^\/openapi\/v3\//, '');
  return groups.has(group) ? documentOf(group) : null;
}

function pathOf(resource: Resource): string {
  return resource.group === '' ? `api/${resource.version}` : `apis/${groupVersion(resource)}`;
}

function documentOf(group: string): object {
  const inside = resources.filter((one) => pathOf(one) === group && one.verbs.includes('patch'));
  const paths = inside.map((one) => {
    const collection = `/${group}${one.namespaced ? '/namespaces/{namespace}' : ''}/${one.resource}`;
    return [`${collection}/{name}`, { patch: { ...operationOf(one), parameters } }];
  });
  return { openapi: '3.0.0', info: { title: 'Kubernetes', version: 'v1.36.3' }, paths: Object.fromEntries(paths) };
}

function operationOf({ group, version, kind }: Resource) {
  return {
    operationId: `patch${kind}`,
    responses: { 200: { description: 'OK' } },
    'x-kubernetes-action': 'patch',
    'x-kubernetes-group-version-kind': { group, version, kind },
  };
}
