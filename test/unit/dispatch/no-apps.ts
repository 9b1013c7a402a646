// What dispatch and commands are given where no app is configured.
import { pino } from 'pino';
import { createSilencing } from '../../../src/alerts/silencing.ts';
import { createDeploys } from '../../../src/deploys/deploys.ts';
import { createPreviews } from '../../../src/deploys/previews.ts';
import type { DispatchOptions } from '../../../src/dispatch/setting.ts';
import { UserError } from '../../../src/lib/user-error.ts';
import type { Operations } from '../../../src/operations/operations.ts';

const operations: Operations = {
  start: () => Promise.reject(new UserError('No operation is run here.')),
  abort: () => Promise.reject(new UserError('This operation is not running any more.')),
  resume: async () => undefined,
  running: async () => undefined,
  recent: async () => [],
  read: async () => undefined,
  show: async () => undefined,
  stop: async () => undefined,
};

export const noApps: Pick<
  DispatchOptions,
  'alerts' | 'apps' | 'deploys' | 'trail' | 'linkTo' | 'firing' | 'suggestions' | 'operations'
> = {
  alerts: {
    acknowledge: async () => undefined,
    named: () => [],
    open: async function* () {
      // Nothing fires.
    },
    doubt: () => null,
    addressOf: async () => null,
    silencing: createSilencing({
      alertmanager: null,
      read: async () => undefined,
      alerts: { silenced: async () => undefined },
      eachOpen: async function* () {
        // Nothing fires.
      },
      open: () => [],
      watchdog: 'Watchdog',
      redact: (text) => text,
      log: pino({ level: 'silent' }),
      changed: () => undefined,
      now: () => new Date(),
      stopping: new AbortController().signal,
    }),
    timezone: 'UTC',
  },
  apps: [],
  deploys: createDeploys(
    {
      apps: [],
      repository: null,
      registry: { has: async () => false, tags: async () => [] },
      clusterAs: () => {
        throw new UserError('No cluster is configured here.');
      },
      follow: async function* () {
        yield await Promise.reject(new UserError('No cluster is configured here.'));
      },
      previews: createPreviews(),
      now: () => new Date(),
    },
    operations,
  ),
  trail: { find: async () => [] },
  linkTo: async () => null,
  firing: async () => [],
  suggestions: { tags: () => [], earlier: () => [] },
  operations,
};
