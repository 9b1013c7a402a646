// The target of a request as a path: Express reads anything else with a deprecated parser, whose warning is no line of the log.
import type { RequestListener } from 'node:http';

/** What the fast way of Express takes. */
const path = /^\/[^#\s\ufeff]*$/;

/** Gives the listener paths alone; a target in absolute form (RFC 9112, 3.2.2) is its path. */
export function withPath(listener: RequestListener): RequestListener {
  return (request, response) => {
    request.url = pathOf(request.url ?? '');
    listener(request, response);
  };
}

/** @returns `/`, where nothing is, for a target that is no address. */
export function pathOf(target: string): string {
  if (path.test(target)) return target;
  if (!URL.canParse(target, 'http://bot')) return '/';
  const { pathname, search } = new URL(target, 'http://bot');
  return pathname.startsWith('/') ? `${pathname}${search}` : '/';
}
