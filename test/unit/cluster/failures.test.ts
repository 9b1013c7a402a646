// What people are told when the cluster does not answer as asked: what is away, and what to do.
import { describe, expect, test } from '@jest/globals';
import { type About, explain, type Failure, provesReachable, saysAway } from '../../../src/cluster/failures.ts';
import { Status } from '../../../src/cluster/schema.ts';

const about: About = { verb: 'list', resource: 'nodes', level: 'operator', server: '10.0.0.1:6443' };

function refused(status: number, body: unknown = {}): Failure {
  return { kind: 'refused', status, said: Status.parse(body) };
}

describe('people are told', () => {
  const cause = new Error('Bearer abc');
  test.each<[string, Failure, RegExp]>([
    [
      'where nothing listens',
      { kind: 'unreachable', reason: 'connection refused' },
      /cannot be reached \(connection refused at 10\.0\.0\.1:6443\)/,
    ],
    ['how long it was waited', { kind: 'timeout', afterMs: 2500 }, /10\.0\.0\.1:6443\) did not answer within 2\.5 s/],
    ['who lacks which right', refused(403), /does not let homelab-bot:operator list nodes\..*manifests\/chatops\/rbac/],
    [
      'that the bot may not act for them',
      refused(403, { message: 'User "x" cannot impersonate resource "users"' }),
      /may not act as homelab-bot:operator/,
    ],
    ['that the credentials are old', refused(401), /does not take the bot's credentials \(401\)/],
    ['that it is busy', refused(429), /too much to do/],
    ['that it is broken', refused(503), /cannot answer about nodes now \(503\)/],
    ['what is strange', refused(410, { reason: 'Expired' }), /does not list nodes \(410 Expired\)/],
    ['that it is no cluster', { kind: 'unreadable' }, /does not answer as Kubernetes does/],
    ['that it is too much', { kind: 'too large', bytes: 2 ** 25 }, /larger than 32 MiB/],
    [
      'that credentials are missing, not what they are',
      { kind: 'credentials', cause },
      /credentials for the cluster cannot be read/,
    ],
  ])('%s', (_, failure, words) => {
    const error = explain(failure, about);
    expect(error.name).toBe('UserError');
    expect(error.message).toMatch(words);
    expect(error.message).not.toContain('Bearer');
  });

  test("nothing of a hostile server's own words", () => {
    const hostile = { reason: '[x](http://evil.test)', message: '@everyone', details: { kind: '@here' } };
    for (const status of [400, 401, 403, 404, 409, 500]) {
      expect(explain(refused(status, hostile), about).message).not.toMatch(/evil|everyone|here\b/);
    }
  });
});

describe('the cluster counts as away', () => {
  test.each<[boolean, string, Failure, string]>([
    [true, 'where it cannot be reached', { kind: 'unreachable', reason: 'no route' }, 'nodes'],
    [true, 'where it does not answer', { kind: 'timeout', afterMs: 1 }, 'nodes'],
    [false, 'where only metrics do not answer', { kind: 'timeout', afterMs: 1 }, 'nodes.metrics.k8s.io'],
    [true, 'where it is broken', refused(500), 'nodes'],
    [false, 'where only metrics are broken', refused(503), 'nodes.metrics.k8s.io'],
    [true, 'where it does not know the bot', refused(401), 'nodes.metrics.k8s.io'],
    [false, 'where it refuses a right', refused(403), 'nodes'],
    [false, 'where there is no such thing', refused(404), 'nodes'],
    [false, 'where there is too much', { kind: 'too large', bytes: 1 }, 'nodes'],
  ])('%s: %s', (away, _, failure, resource) => {
    expect(saysAway(failure, { resource })).toBe(away);
    expect(saysAway(failure, { resource }) && provesReachable(failure)).toBe(false);
  });
});
