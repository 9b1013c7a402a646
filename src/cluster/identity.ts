// The one place that impersonates: every request carries the person's level as user and group, and the person as an extra.
import type { RequestOptions } from 'node:https';
import { KubeConfig, type RequestContext } from '@kubernetes/client-node';
import { seenAs } from '../lib/seen-as.ts';
import type { Identity } from './cluster.ts';

/**
 * The headers of impersonation. The API server takes their values as they are (only extras' names are decoded), so the encoded
 * username is what RBAC and the audit log see.
 * https://kubernetes.io/docs/reference/access-authn-authz/user-impersonation/
 */
export function impersonation(identity: Identity): Readonly<Record<string, string>> {
  const { user, group, discordUser } = seenAs(identity);
  // The username is encoded; this holds what would not survive as a header away from it.
  if (!/^(?:homelab-bot|\d{1,20} [a-z0-9._%A-F-]{1,400})$/.test(discordUser)) {
    throw new Error('An identity does not name a Discord user');
  }
  return {
    'Impersonate-User': user,
    'Impersonate-Group': group,
    'Impersonate-Extra-Discord-User': discordUser,
  };
}

/**
 * The bot's own configuration, acting as someone. client-node knows `as` alone and would drop group and extra; all it does
 * with a configuration goes through these two methods (API calls and watches through the second, exec and the like through
 * the first). Credentials and connections are the bot's own and shared.
 */
export class ImpersonatingConfig extends KubeConfig {
  readonly #own: KubeConfig;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(own: KubeConfig, identity: Identity) {
    super();
    this.#own = own;
    this.#headers = impersonation(identity);
    this.loadFromOptions({
      clusters: own.clusters,
      users: own.users,
      contexts: own.contexts,
      currentContext: own.currentContext,
    });
  }

  override async applyToHTTPSOptions(options: RequestOptions): Promise<void> {
    await this.#own.applyToHTTPSOptions(options);
    options.headers = { ...options.headers, ...this.#headers };
  }

  override async applySecurityAuthentication(context: RequestContext): Promise<void> {
    await this.#own.applySecurityAuthentication(context);
    for (const [name, value] of Object.entries(this.#headers)) context.setHeaderParam(name, value);
  }
}
