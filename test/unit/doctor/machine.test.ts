// What the doctor says about programs, the disk and the port.
import { describe, expect, test } from '@jest/globals';
import type { Line } from '../../../src/doctor/line.ts';
import { type DiskFacts, judgeDisk, judgePort } from '../../../src/doctor/machine.ts';
import { judgePrograms, type ProgramFacts } from '../../../src/doctor/programs.ts';
import { known, notAsked } from '../../../src/lib/asked.ts';

const MiB = 2 ** 20;
const missing = { kind: 'absent', why: 'is not on the PATH' } as const;

describe('programs', () => {
  const facts: ProgramFacts = {
    kubectl: known('v1.35.2'),
    git: known('git version 2.39.5'),
    ssh: known('OpenSSH_9.2p1 Debian-2, OpenSSL 3.0.15 3 Sep 2024'),
  };
  const judged = (some: Partial<ProgramFacts>, deploys = true) =>
    judgePrograms({ ...facts, ...some }, deploys).map(({ state, what, found }) => `${state} ${what}: ${found}`);

  test('that are there', () => {
    expect(judged({})).toEqual(['ok program kubectl: 1.35.2', 'ok program git: 2.39.5', 'ok program ssh: 9.2']);
  });

  test('that this configuration does not run are not asked for', () => {
    expect(judged({ git: null, ssh: null })).toEqual(['ok program kubectl: 1.35.2']);
  });

  test.each([
    ['v1.27.0', 'ok'],
    ['v1.26.15', 'FAIL'],
    ['v2.0.0', 'ok'],
    ['v1.35.2-dispatcher', 'ok'],
    ['nonsense', 'FAIL'],
  ])('kubectl %s: %s', (version, state) => {
    expect(judgePrograms({ ...facts, kubectl: known(version) }, true)[0]).toMatchObject({ state });
  });

  test.each([
    ['git version 2.31.0', 'ok'],
    ['git version 2.30.9', 'FAIL'],
    ['git version 2.50.1 (Apple Git-155)', 'ok'],
  ])('%s: %s', (version, state) => {
    expect(judgePrograms({ ...facts, git: known(version) }, true)[1]).toMatchObject({ state });
  });

  test('kubectl that is missing fails what deploys, and is a warning for the rest', () => {
    expect(judged({ kubectl: missing })[0]).toBe('FAIL program kubectl: is not on the PATH');
    expect(judged({ kubectl: missing }, false)[0]).toBe('warn program kubectl: is not on the PATH');
    expect(judgePrograms({ ...facts, kubectl: missing }, true)[0]).toMatchObject({
      remedy: expect.stringContaining('install kubectl 1.27 or later'),
    });
  });

  test('git and ssh that are missing fail', () => {
    expect(judged({ git: missing, ssh: missing }).slice(1)).toEqual([
      'FAIL program git: is not on the PATH',
      'FAIL program ssh: is not on the PATH',
    ]);
  });
});

describe('the disk', () => {
  const facts: DiskFacts = {
    path: '/data/bot.db',
    size: 3 * MiB,
    folder: known({ path: '/data', isThere: true, writable: true }),
    network: known(null),
    freeBytes: known(5000 * MiB),
    lock: known('free'),
  };
  const judged = (some: Partial<DiskFacts>, at: number): Line | undefined => judgeDisk({ ...facts, ...some })[at];

  test('of a database that is there', () => {
    expect(judgeDisk(facts).map(({ state, what, found }) => `${state} ${what}: ${found}`)).toEqual([
      'ok database: /data/bot.db, 3.0 MiB, in a folder that may be written',
      'ok database disk: local, as far as can be told',
      'ok database free space: 4.9 GiB',
      'ok database lock: free: no bot runs on it',
    ]);
  });

  test.each([
    [true, '/data/bot.db is made by the first start'],
    [false, '/data/bot.db is made by the first start, with its folder'],
  ])('of a database that is not there yet', (isThere, found) => {
    expect(judged({ size: null, folder: known({ path: '/', isThere, writable: true }) }, 0)).toMatchObject({
      state: 'ok',
      found,
    });
  });

  test('that may not be written', () => {
    expect(judged({ folder: known({ path: '/data', isThere: true, writable: false }) }, 0)).toMatchObject({
      state: 'FAIL',
      found: '/data may not be written by this user',
      remedy: expect.stringContaining('DATABASE_URL'),
    });
  });

  test('that cannot be looked at: the rest is skipped', () => {
    const folder = { kind: 'odd', why: '/dev/null is no folder' } as const;
    const lines = judgeDisk({ ...facts, folder, network: notAsked, freeBytes: notAsked, lock: notAsked });
    expect(lines.map(({ state }) => state)).toEqual(['FAIL', 'skip', 'skip', 'skip']);
  });

  test('over the network', () => {
    expect(judged({ network: known('NFS') }, 1)).toMatchObject({
      state: 'FAIL',
      remedy: expect.stringContaining('local-path'),
    });
  });

  test.each([
    [256 * MiB, 'ok', '256 MiB'],
    [256 * MiB - 1, 'warn', '255 MiB'],
    [16 * MiB, 'warn', '16.0 MiB'],
    [16 * MiB - 1, 'FAIL', '16.0 MiB'],
    [0, 'FAIL', '0 bytes'],
  ])('with %i bytes free: %s', (bytes, state, found) => {
    expect(judged({ freeBytes: known(bytes) }, 2)).toMatchObject({ state, found });
  });

  test('whose lock a bot holds is no error', () => {
    expect(judged({ lock: known('held') }, 3)).toMatchObject({
      state: 'ok',
      found: expect.stringContaining('a bot runs'),
    });
  });
});

test.each([
  [{ kind: 'any' }, 'ok', /any free one/],
  [{ kind: 'free' }, 'ok', /^0\.0\.0\.0:8080 is free/],
  [{ kind: 'the bot', state: 'ready' }, 'ok', /taken by a homelab-bot that runs \(ready\)/],
  [{ kind: 'unusable', why: 'HTTP_PORT: 8080 is taken by another process' }, 'FAIL', /taken by another process/],
] as const)('the port: %j', (facts, state, found) => {
  expect(judgePort({ host: '0.0.0.0', port: 8080 }, facts)).toMatchObject({
    state,
    found: expect.stringMatching(found),
  });
});
