// What was found on this machine, its disk and its port → lines. Pure.
import type { Asked } from '../lib/asked.ts';
import { fail, judge, type Line, ok, warn } from './line.ts';

export interface DiskFacts {
  /** Of the database. */
  readonly path: string;
  /** Bytes of the file; null where there is none yet. */
  readonly size: number | null;
  /** The folder, or where it is not there yet, the nearest one above it that is. */
  readonly folder: Asked<{ readonly path: string; readonly isThere: boolean; readonly writable: boolean }>;
  /** Name of a network file system on which SQLite's locks do not work; null for any other. */
  readonly network: Asked<string | null>;
  readonly freeBytes: Asked<number>;
  readonly lock: Asked<'free' | 'held'>;
}

export type PortFacts =
  /** Any free one is taken. */
  | { readonly kind: 'any' }
  | { readonly kind: 'free' }
  /** What answers there is a homelab-bot, in this state. */
  | { readonly kind: 'the bot'; readonly state: string }
  | { readonly kind: 'unusable'; readonly why: string };

const MiB = 2 ** 20;
/** Under the first the bot may soon take no more webhooks. */
const few = { fails: 16 * MiB, warns: 256 * MiB };

export function judgeDisk({ path, size, folder, network, freeBytes, lock }: DiskFacts): Line[] {
  const [place, disk, space, locked] = ['database', 'database disk', 'database free space', 'database lock'] as const;
  const because = 'its folder cannot be looked at';
  const correct = 'correct DATABASE_URL, or the rights of the user that runs the bot (in a pod: fsGroup)';
  return [
    judge(place, folder, {
      known: (at) => {
        if (!at.writable) return fail(place, `${at.path} may not be written by this user`, correct);
        if (size !== null) return ok(place, `${path}, ${amount(size)}, in a folder that may be written`);
        return ok(place, `${path} is made by the first start${at.isThere ? '' : ', with its folder'}`);
      },
      fault: ({ why }) => fail(place, `${path}: ${why}`, correct),
      because,
    }),
    judge(disk, network, {
      known: (name) =>
        name === null
          ? ok(disk, 'local, as far as can be told')
          : fail(
              disk,
              `is ${name}, where SQLite's locks are not reliable`,
              'use a local disk, for example a volume of StorageClass local-path',
            ),
      fault: ({ why }) => warn(disk, why),
      because,
    }),
    judge(space, freeBytes, {
      known: (bytes) => {
        if (bytes >= few.warns) return ok(space, amount(bytes));
        const remedy =
          'make room: without it alerts are shown from memory only, and commands that change something are refused';
        return (bytes < few.fails ? fail : warn)(space, amount(bytes), remedy);
      },
      fault: ({ why }) => warn(space, why),
      because,
    }),
    judge(locked, lock, {
      known: (state) =>
        ok(locked, state === 'held' ? 'held: a bot runs on it, which is fine' : 'free: no bot runs on it'),
      fault: ({ why }) => warn(locked, why, 'end what holds the file before the bot starts'),
      because,
    }),
  ];
}

export function judgePort({ host, port }: { readonly host: string; readonly port: number }, facts: PortFacts): Line {
  const what = 'HTTP port';
  const at = `${host}:${port}`;
  switch (facts.kind) {
    case 'any':
      return ok(what, 'any free one, since HTTP_PORT is 0');
    case 'free':
      return ok(what, `${at} is free`);
    case 'the bot':
      return ok(what, `${at} is taken by a homelab-bot that runs (${facts.state})`);
    case 'unusable':
      return fail(what, facts.why, 'end what listens there, or correct HTTP_HOST and HTTP_PORT');
  }
}

function amount(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'] as const;
  const at = bytes < 1024 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** at;
  return `${at === 0 || value >= 100 ? Math.floor(value) : value.toFixed(1)} ${units[at]}`;
}
