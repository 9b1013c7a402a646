// What a registry refused, and how a person is told. Pure.
import type { Image } from '../lib/image.ts';
import { UserError } from '../lib/user-error.ts';
import type { Outcome } from './requests.ts';
import { Refusal } from './schema.ts';

/** What became of REGISTRY_TOKEN: there is none, it was not for this registry, not sent to that host, or taken along in vain. */
export type Offer = 'none' | 'elsewhere' | 'withheld' | 'unasked' | 'refused';

/** @param host of the registry or of its token server. */
export function explain(outcome: Outcome, host: string): UserError {
  switch (outcome.kind) {
    case 'unreachable':
      return new UserError(
        `The registry cannot be reached (${outcome.reason} at ${host}). Try again in a moment; if that stays, whoever runs the bot checks the network and the app's image.`,
        { cause: outcome.cause },
      );
    case 'timeout':
      return new UserError(
        `The registry (${host}) did not answer within ${outcome.afterMs / 1000} s. Try again in a moment.`,
      );
    case 'too large':
      return new UserError(
        `The answer of the registry (${host}) is larger than ${outcome.bytes / 1024} KiB and was not read to its end.`,
      );
    case 'answered':
      return explainStatus(outcome.status, outcome.headers, host);
  }
}

function explainStatus(status: number, headers: Headers, host: string): UserError {
  if (status === 429)
    return new UserError(`The registry (${host}) asks the bot to slow down. Try again ${waitOf(headers)}.`);
  if (status >= 500)
    return new UserError(`The registry (${host}) cannot answer now (${status}). Try again in a moment.`);
  return unreadable(host, status);
}

export function unreadable(host: string, status?: number): UserError {
  const said = status === undefined || status === 200 ? '' : ` (${status})`;
  return new UserError(
    `What answers at ${host} does not answer as a registry does${said}. Whoever runs the bot checks the app's image in the configuration.`,
  );
}

export function unknownRepository({ name, registry }: Image): UserError {
  return new UserError(
    `There is no image ${name} in the registry (${registry}). Whoever runs the bot checks the app's image in the configuration, or pushes it first.`,
  );
}

/** @param why a clause about the registry, where it asked for something that it may not have. */
export function notAllowed({ name, registry }: Image, offer: Offer, why?: string): UserError {
  if (why !== undefined)
    return new UserError(
      `The registry (${registry}) ${why}, which the bot does not follow. Whoever runs the bot checks it.`,
    );
  return new UserError(
    `The registry (${registry}) does not let the bot look at ${name}, or it is not there. ${remedies[offer]}`,
  );
}

const remedies: Readonly<Record<Offer, string>> = {
  none: 'Whoever runs the bot sets REGISTRY_TOKEN to a token that may pull it.',
  elsewhere:
    'REGISTRY_TOKEN bears the mark of another registry and was not sent; whoever runs the bot sets one of this registry.',
  withheld: 'It sends its clients to a token server on a foreign host, which REGISTRY_TOKEN was not sent to.',
  unasked: 'It asked for no token.',
  refused:
    'REGISTRY_TOKEN has expired or may not pull it; whoever runs the bot renews it. Docker Hub and Quay want user:token.',
};

/** The error codes of a refusal; none where it says none. */
export function codesOf(body: unknown): readonly string[] {
  const refusal = Refusal.safeParse(body);
  return refusal.success ? refusal.data.errors.map(({ code }) => code) : [];
}

function waitOf(headers: Headers): string {
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > 86_400) return 'in a few minutes';
  return seconds < 120 ? `in ${seconds} s` : `in ${Math.ceil(seconds / 60)} min`;
}
