// The 403 that the real server answers, word for word (apiserver, responsewriters/errors.go).
import type { Attributes } from './rbac.ts';
import { ApiError, status } from './status.ts';

export function forbidden(username: string, asked: Attributes, reason: string): ApiError {
  const said = markup(sentence(username, asked)) + (reason === '' ? '' : `: ${reason}`);
  const group = 'path' in asked ? '' : asked.group;
  const resource = 'path' in asked ? '' : asked.resource;
  const name = 'path' in asked ? '' : (asked.name ?? '');
  const of = group === '' ? resource : `${resource}.${group}`;
  const message =
    of === ''
      ? `forbidden: ${said}`
      : name === ''
        ? `${of} is forbidden: ${said}`
        : `${of} ${quote(name)} is forbidden: ${said}`;
  const details = {
    ...(name === '' ? {} : { name }),
    ...(group === '' ? {} : { group }),
    ...(resource === '' ? {} : { kind: resource }),
  };
  const body = status(403, message, { reason: 'Forbidden', details });
  return new ApiError(403, body, { 'x-content-type-options': 'nosniff' });
}

function sentence(username: string, asked: Attributes): string {
  if ('path' in asked) return `User ${quote(username)} cannot ${asked.verb} path ${quote(asked.path)}`;
  const resource = asked.subresource ? `${asked.resource}/${asked.subresource}` : asked.resource;
  const where = asked.namespace ? `in the namespace ${quote(asked.namespace)}` : 'at the cluster scope';
  return `User ${quote(username)} cannot ${asked.verb} resource ${quote(resource)} in API group ${quote(asked.group)} ${where}`;
}

/** Go's %q, for what can be in a name. */
function quote(text: string): string {
  return JSON.stringify(text);
}

function markup(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
