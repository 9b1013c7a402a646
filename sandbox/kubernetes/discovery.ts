// What kubectl asks before it asks for anything: versions, groups, resources, health. Unaggregated, as servers before 1.26 answered.
import { openapi } from './openapi.ts';
import { groupVersion, type Resource, resources } from './resources.ts';

export const version = {
  major: '1',
  minor: '36',
  emulationMajor: '1',
  emulationMinor: '36',
  minCompatibilityMajor: '1',
  minCompatibilityMinor: '35',
  gitVersion: 'v1.36.3+k3s1',
  gitCommit: '0000000000000000000000000000000000000000',
  gitTreeState: 'clean',
  buildDate: '2026-08-01T00:00:00Z',
  goVersion: 'go1.26.8',
  compiler: 'gc',
  platform: 'linux/amd64',
};

/** Paths that are no resources: a JSON body, or plain text; null for one that is not served. */
export function discover(path: string, host: string): object | string | null {
  const bare = path.length > 1 ? path.replace(/\/$/, '') : path;
  switch (bare) {
    case '/version':
      return version;
    case '/healthz':
    case '/livez':
    case '/readyz':
      return 'ok';
    case '/api':
      return {
        kind: 'APIVersions',
        versions: ['v1'],
        serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: host }],
      };
    case '/apis':
      return { kind: 'APIGroupList', apiVersion: 'v1', groups: groups().map(groupOf) };
    default:
      return resourceList(bare) ?? oneGroup(bare) ?? openapi(bare);
  }
}

function groups(): string[] {
  return [...new Set(resources.map(({ group }) => group))].filter((group) => group !== '');
}

function groupOf(name: string) {
  const version = resources.find(({ group }) => group === name)?.version ?? '';
  const known = { groupVersion: `${name}/${version}`, version };
  return { name, versions: [known], preferredVersion: known };
}

function oneGroup(path: string): object | null {
  const name = groups().find((group) => path === `/apis/${group}`);
  return name === undefined ? null : { kind: 'APIGroup', apiVersion: 'v1', ...groupOf(name) };
}

function resourceList(path: string): object | null {
  const inside = resources.filter((one) => path === (one.group === '' ? '/api/v1' : `/apis/${groupVersion(one)}`));
  const [first] = inside;
  if (!first) return null;
  const core = first.group === '' ? {} : { apiVersion: 'v1' };
  return { kind: 'APIResourceList', ...core, groupVersion: groupVersion(first), resources: inside.flatMap(describe) };
}

function describe(resource: Resource): object[] {
  const { resource: name, singular: singularName, namespaced, kind, verbs, shortNames, categories } = resource;
  const parts = (resource.subresources ?? []).map((part) => ({
    name: `${name}/${part.name}`,
    singularName: '',
    namespaced,
    ...(part.name === 'scale' ? { group: 'autoscaling', version: 'v1', kind: 'Scale' } : { kind }),
    verbs: part.verbs,
  }));
  const own = {
    name,
    singularName,
    namespaced,
    kind,
    verbs: [...verbs].sort(),
    ...(shortNames ? { shortNames } : {}),
    ...(categories ? { categories } : {}),
  };
  return [own, ...parts];
}
