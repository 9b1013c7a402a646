// The block `apps` of the configuration file: what may be deployed, and what that changes.
import { z } from 'zod';
import { parseImage } from '../lib/image.ts';
import { duration, refuse, roles } from './pieces.ts';

/** RFC 1123, as Kubernetes has it for namespaces and containers. */
const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const labelRule = 'must be lower-case letters, digits and dashes, at most 63, no dash at either end';

/** RFC 1123 too: labels with dots between them, as Kubernetes has it for Deployments. */
const subdomain = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/;

const image = z
  .string()
  .superRefine((name, context) => {
    const result = parseImage(name);
    if (!result.ok) context.addIssue({ code: 'custom', message: result.what });
  })
  .meta({
    description:
      'As in images[].name of the kustomization, without tag; localhost and 127.0.0.1 are spoken to over http',
    examples: ['ghcr.io/acme/shop'],
  });

const path = z
  .string()
  .max(500, 'must not be longer than 500 characters')
  .meta({ examples: ['apps/laravel-multitenant'] })
  .transform((text, context) => {
    const clean = text.replace(/^(?:\.\/)+/, '').replace(/\/+$/, '');
    if (text.startsWith('/'))
      return refuse(context, 'must be relative to the root of the manifest repository: no / before it');
    const parts = clean.split('/');
    if (parts.includes('..'))
      return refuse(context, 'must be without ..: it names a folder of the manifest repository');
    if (text === '' || /[\p{Cc}\\]/u.test(text) || parts.includes('.git') || (clean !== '' && parts.includes('')))
      return refuse(context, 'must be a folder of the manifest repository');
    return clean === '' ? '.' : clean;
  })
  .meta({ description: 'Folder of its kustomization in the manifest repository' });

const source = z
  .string()
  .max(500, 'must not be longer than 500 characters')
  .meta({ examples: ['https://github.com/acme/shop'] })
  .transform((text, context) => {
    const url = URL.canParse(text) ? new URL(text) : null;
    if (url === null || !/^https?:$/.test(url.protocol))
      return refuse(context, 'must be a URL that begins with https:// or http://');
    if (url.username !== '' || url.password !== '') return refuse(context, 'must not hold a user name or password');
    if (url.search !== '' || url.hash !== '') return refuse(context, 'must end with its path: no ? and no #');
    return url.href.replace(/\/+$/, '').replace(/\.git$/, '');
  })
  .meta({ description: 'Default: none; where its source lives, for links that compare two commits' });

const App = z
  .strictObject({
    namespace: z
      .string()
      .regex(label, labelRule)
      .meta({ description: 'Namespace of its Deployment', examples: ['laravel-apps'] }),
    deployment: z
      .string()
      .max(253, 'must not be longer than 253 characters')
      .regex(subdomain, 'must be the name of a Deployment: lower-case letters, digits, dashes and dots')
      .meta({ description: 'Name of its Deployment', examples: ['laravel-multi-tenant'] }),
    container: z
      .string()
      .regex(label, labelRule)
      .meta({ description: 'Container of the Deployment that runs the image', examples: ['laravel-app'] }),
    image,
    path,
    source: source.optional(),
    deployers: roles
      .default([])
      .meta({ description: 'Role ids: may deploy and roll back this app besides operator and admin' }),
    rolloutTimeout: duration(1000, 24 * 3600_000, 'from 1s to 24h', '5m')
      .prefault('5m')
      .meta({ description: 'How long a rollout may take until it counts as failed' }),
    autoRollback: z
      .boolean()
      .default(true)
      .meta({ description: 'Whether a deploy whose rollout fails is reverted', examples: [true] }),
  })
  .meta({ description: 'An app, by the name that people type' });

const name = z.string().regex(label, `is no name of an app, which ${labelRule.replace('must be', 'is')}`);

/** As written: a map from name to app. */
export const Apps = z
  .record(name, App, {
    error: (issue) => (issue.code === 'invalid_key' ? issue.issues[0]?.message : undefined),
  })
  // Also where something else is wrong with one of them, so that all problems are told at once.
  .superRefine(refuseSharedDeployments, { when: () => true })
  .meta({
    description: 'What may be deployed, by the name that people type',
    examples: [
      {
        shop: {
          namespace: 'laravel-apps',
          deployment: 'laravel-multi-tenant',
          container: 'laravel-app',
          image: 'ghcr.io/acme/shop',
          path: 'apps/laravel-multitenant',
        },
      },
    ],
  });
export type Apps = z.output<typeof Apps>;

/** Two apps on one Deployment would deploy over one another, each with its own lock. */
function refuseSharedDeployments(apps: unknown, context: z.core.$RefinementCtx): void {
  if (typeof apps !== 'object' || apps === null) return;
  const owners = new Map<string, string>();
  for (const [app, value] of Object.entries(apps)) {
    const read = Target.safeParse(value);
    if (!read.success) continue;
    const key = `${read.data.namespace}/${read.data.deployment}`;
    const owner = owners.get(key);
    if (owner === undefined) owners.set(key, app);
    else
      context.issues.push({
        code: 'custom',
        message: `is the Deployment of apps.${owner} already (${key}): an app each`,
        path: [app, 'deployment'],
        input: undefined,
      });
  }
}

const Target = z.object({ namespace: z.string(), deployment: z.string() });
