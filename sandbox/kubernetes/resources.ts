// The kinds that are served, and what the API says of each in discovery.
import { accessResources } from './resources/access.ts';
import { coreResources, newerEvents } from './resources/core.ts';
import type { Resource } from './resources/resource.ts';
import { workloadResources } from './resources/workloads.ts';

export type { Resource } from './resources/resource.ts';

export const resources: readonly Resource[] = [...coreResources, ...workloadResources, newerEvents, ...accessResources];

/** `pods`, or `<group>/<resource>`: the name under which the store holds it. */
export function storeName(resource: Pick<Resource, 'group' | 'resource'>): string {
  return resource.group === '' ? resource.resource : `${resource.group}/${resource.resource}`;
}

export function findResource(group: string, version: string, resource: string): Resource | undefined {
  return resources.find((one) => one.group === group && one.version === version && one.resource === resource);
}

/** The resource that holds objects of a kind, as `apply` needs it; undefined for a kind that is not held. */
export function resourceOfKind(apiVersion: string, kind: string): Resource | undefined {
  return resources.find(
    (one) => one.kind === kind && !one.view && groupVersion(one) === apiVersion && one.verbs.includes('get'),
  );
}

export function groupVersion({ group, version }: Pick<Resource, 'group' | 'version'>): string {
  return group === '' ? version : `${group}/${version}`;
}
