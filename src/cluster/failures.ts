// What happened to a request, and how a person is told. Pure.

import type { z } from 'zod';
import type { Level } from '../access/level.ts';
import { UserError } from '../lib/user-error.ts';
import type { Status } from './schema.ts';

export type Outcome =
  | { readonly kind: 'answered'; readonly body: unknown }
  /** The API server answered, but not with 200. */
  | { readonly kind: 'refused'; readonly status: number; readonly said: z.output<typeof Status> }
  | { readonly kind: 'unreachable'; readonly reason: string; readonly cause?: unknown }
  | { readonly kind: 'timeout'; readonly afterMs: number }
  /** The bot's own credentials could not be had: a token file that is gone, an exec plugin that failed. */
  | { readonly kind: 'credentials'; readonly cause: unknown }
  | { readonly kind: 'too large'; readonly bytes: number }
  /** Not JSON, or not what was asked for. */
  | { readonly kind: 'unreadable' };

export type Failure = Exclude<Outcome, { kind: 'answered' }>;

/** What was asked for. */
export interface About {
  readonly verb: 'get' | 'list' | 'watch' | 'patch';
  /** As in RBAC: `nodes`, `nodes.metrics.k8s.io`. */
  readonly resource: string;
  readonly level: Level;
  /** Host and port. */
  readonly server: string;
}

/** Whether it says that the API server is away. One that is behind it (an aggregated API) says nothing about it. */
export function saysAway(failure: Failure, { resource }: Pick<About, 'resource'>): boolean {
  if (failure.kind === 'too large') return false;
  const behind = resource.includes('.');
  if (failure.kind === 'timeout') return !behind;
  if (failure.kind === 'refused') return failure.status === 401 || (failure.status >= 500 && !behind);
  return true;
}

/** Whether the API server itself must have taken the request: it answered, or refused for a reason of its own. */
export function provesReachable(outcome: Outcome): boolean {
  return outcome.kind === 'answered' || (outcome.kind === 'refused' && outcome.status < 500 && outcome.status !== 401);
}

export function explain(failure: Failure, about: About): UserError {
  switch (failure.kind) {
    case 'unreachable':
      return new UserError(
        `The cluster cannot be reached (${failure.reason} at ${about.server}). Alerts still arrive; try again when it is back.`,
        { cause: failure.cause },
      );
    case 'timeout':
      return new UserError(
        `The cluster (${about.server}) did not answer within ${failure.afterMs / 1000} s. Alerts still arrive; try again when it is back.`,
      );
    case 'credentials':
      return new UserError(
        "The bot's own credentials for the cluster cannot be read. Whoever runs the bot finds the reason in its log.",
        { cause: failure.cause },
      );
    case 'too large':
      return new UserError(
        `The cluster's answer about ${about.resource} is larger than ${failure.bytes / 2 ** 20} MiB and was not read to its end.`,
      );
    case 'unreadable':
      return new UserError(
        `What answers at ${about.server} does not answer as Kubernetes does. Whoever runs the bot checks the address in its kubeconfig.`,
      );
    case 'refused':
      return refused(failure, about);
  }
}

function refused({ status, said }: Extract<Failure, { kind: 'refused' }>, about: About): UserError {
  const { verb, resource, level, server } = about;
  if (status === 401) {
    return new UserError(
      `The cluster (${server}) does not take the bot's credentials (401): they have expired or belong to another cluster. Whoever runs the bot renews them.`,
    );
  }
  if (status === 403 && /cannot impersonate/.test(said.message)) {
    return new UserError(
      `The bot's own account may not act as homelab-bot:${level}. Whoever runs the cluster applies manifests/chatops/rbac.`,
    );
  }
  if (status === 403) {
    return new UserError(
      `Kubernetes does not let homelab-bot:${level} ${verb} ${resource}. Whoever runs the cluster applies manifests/chatops/rbac.`,
    );
  }
  if (status === 429) return new UserError(`The cluster (${server}) has too much to do. Try again in a moment.`);
  if (status >= 500) {
    return new UserError(
      `The cluster (${server}) cannot answer about ${resource} now (${status}). Try again in a moment.`,
    );
  }
  return new UserError(`The cluster (${server}) does not ${verb} ${resource} (${status}${reason(said.reason)}).`);
}

function reason(word: string): string {
  return /^[A-Za-z]{1,40}$/.test(word) ? ` ${word}` : '';
}
