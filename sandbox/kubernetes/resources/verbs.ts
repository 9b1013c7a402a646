// What may be done with a kind.
import type { Subresource, Verb } from './resource.ts';

export const readable = ['get', 'list', 'watch'] as const satisfies readonly Verb[];
export const writable = [
  'create',
  'delete',
  'get',
  'list',
  'patch',
  'update',
  'watch',
] as const satisfies readonly Verb[];

const parts = ['get', 'patch', 'update'] as const satisfies readonly Verb[];
export const statusPart: Subresource = { name: 'status', verbs: parts };
export const scalePart: Subresource = { name: 'scale', verbs: parts };
