// The configuration as the rest of the program sees it: one typed value.
import type { Level } from '../access/level.ts';
import type { App } from '../deploys/app.ts';
import type { LogLevel } from '../lib/log.ts';
import type { Secret } from '../lib/secret.ts';

/** An entry of `alerts.routes`. */
export interface Route {
  /** Label name → exact value, or a regular expression that is found anywhere in it. */
  readonly match: Readonly<Record<string, string | RegExp>>;
  readonly channel: string;
  readonly mention: readonly string[];
  /** Undefined: critical and warning ring. */
  readonly ring: boolean | undefined;
  readonly ringOnResolve: boolean;
  /** Whom to ring once, when nobody acknowledges a critical incident in time. */
  readonly escalate: { readonly afterMs: number; readonly mention: readonly string[] } | undefined;
}

export type Kubernetes =
  /** A kubeconfig file. */
  | { readonly kind: 'file'; readonly path: string }
  /** The account of the pod that this runs in. */
  | { readonly kind: 'in cluster' }
  | { readonly kind: 'none' };

export interface ManifestRepository {
  /** A URL as it is written, or an absolute path. */
  readonly url: string;
  readonly branch: string;
  /** Both for an ssh URL, neither for any other; each ends in a newline. */
  readonly sshKey?: Secret;
  readonly knownHosts?: Secret;
  /** For an https URL only. */
  readonly token?: Secret;
}

/** All times are in milliseconds, all ids are Discord snowflakes. */
export interface Config {
  readonly discord: {
    readonly token: Secret;
    readonly guildId: string;
    readonly alertChannelId: string;
    /** Null where nothing is announced. */
    readonly auditChannelId: string | null;
    /** REST base without version and without a slash at its end. */
    readonly apiUrl: string;
  };
  readonly alertmanager: {
    readonly webhookToken: Secret;
    /** Its API; null where none is given. `url` has no credentials and no slash at its end, `credentials` are `user:password`. */
    readonly api: { readonly url: string; readonly credentials?: Secret } | null;
  };
  readonly kubernetes: Kubernetes;
  /** The manifest repository; null where there is none. */
  readonly repository: ManifestRepository | null;
  readonly registry: { readonly token?: Secret };
  /** In the order of the file; no two have the same Deployment. */
  readonly apps: readonly App[];
  /** Absolute path of the SQLite file. */
  readonly database: { readonly path: string };
  readonly http: { readonly host: string; readonly port: number };
  readonly log: { readonly level: LogLevel };
  /** Role ids by the level they give. */
  readonly access: Readonly<Record<Level, readonly string[]>>;
  readonly alerts: {
    readonly routes: readonly Route[];
    /** `armed`: the file names it, so that it is missed even before the first one is seen. */
    readonly watchdog: { readonly alertname: string; readonly afterMs: number; readonly armed: boolean };
    readonly keepMs: number;
  };
  readonly audit: { readonly keepMs: number };
  /** IANA name. */
  readonly timezone: string;
  /** Path of the configuration file; null where there is none. */
  readonly file: string | null;
  /** Every secret among these, for the redactor. */
  readonly secrets: readonly Secret[];
}

/** One thing that is wrong, or worth a warning. Never holds a value that might be a secret. */
export interface Problem {
  /** Variable, or file and YAML path: `config.yaml: alerts.routes[0].channel`. */
  readonly where: string;
  /** What is wrong, as a clause: `is not set`. */
  readonly what: string;
  /** A right value, as one would write it there. */
  readonly example?: string;
}

export type ConfigResult =
  | { readonly ok: true; readonly config: Config; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };
