// What this server plays of a registry, for people; a test compares it with what is served. Nothing is taken by upload: tests push by a call.

export interface Supported {
  readonly method: string;
  readonly path: string;
  readonly note: string;
}

export const supportedRoutes: readonly Supported[] = [
  { method: 'GET', path: '/token', note: 'anonymous, or Basic with any user name; scope repository:<name>:pull' },
  { method: 'GET', path: '/v2/', note: '401 with the challenge, 200 with a bearer' },
  { method: 'GET', path: '/v2/<name>/tags/list', note: 'n to 1,000 (100 by default), last, Link' },
  ...['GET', 'HEAD'].flatMap((method) => [
    { method, path: '/v2/<name>/manifests/<reference>', note: 'by tag and digest; Accept is heeded; If-None-Match' },
    { method, path: '/v2/<name>/blobs/<digest>', note: 'whole, without a redirect' },
  ]),
];
