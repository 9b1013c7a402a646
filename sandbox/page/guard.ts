// Whether a request comes from the page itself: another website in the same browser must not drive the sandbox.
import type { IncomingHttpHeaders } from 'node:http';

/** @returns why the request is refused, or null. */
export function refusalOf(method: string, headers: IncomingHttpHeaders, port: number): string | null {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  // A name that an attacker lets point at 127.0.0.1 arrives here with that name.
  if (headers.host === undefined || !hosts.includes(headers.host)) {
    return `The page answers to http://${hosts[0]} alone.`;
  }
  const { origin } = headers;
  if (origin !== undefined && origin !== `http://${headers.host}`) return 'Only the page itself may ask for this.';
  const site = headers['sec-fetch-site'];
  const isNavigation = headers['sec-fetch-mode'] === 'navigate' && method === 'GET';
  if (site !== undefined && site !== 'same-origin' && site !== 'none' && !isNavigation) {
    return 'Only the page itself may ask for this.';
  }
  if (method !== 'POST') return null;
  if (origin === undefined) return 'A request that does something names its Origin.';
  // A form of another website cannot send this type without asking first.
  if (headers['content-type']?.split(';')[0]?.trim() !== 'application/json') return 'The body is application/json.';
  return null;
}
