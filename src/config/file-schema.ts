// The configuration file: one schema, from which the JSON Schema for editors is made as well.
import { z } from 'zod';
import { Apps } from './apps-schema.ts';
import { duration, roles } from './pieces.ts';
import { didYouMean } from './problems.ts';
import { snowflake } from './snowflake.ts';

const hour = 3600_000;
const year = 365 * 24 * hour;

const matcher = z
  .string()
  .max(1000)
  .transform((text, context) => {
    if (!text.startsWith('/')) return text;
    const [, source, flags = ''] = /^\/(.+)\/([a-z]*)$/s.exec(text) ?? [];
    if (source === undefined) return bad('must be a value, or a regular expression between two slashes');
    if (!/^[ims]*$/.test(flags)) return bad('takes only the flags i, m and s after its second slash');
    try {
      return new RegExp(source, `${flags}u`);
    } catch (error) {
      const reason = error instanceof Error ? error.message.replace(/^Invalid regular expression: /, '') : '';
      return bad(`is no regular expression: ${reason.slice(0, 200)}`);
    }
    function bad(message: string): never {
      context.issues.push({ code: 'custom', message, input: undefined });
      return z.NEVER;
    }
  })
  .meta({ description: 'The exact value, or a regular expression between slashes that is found anywhere in it' });

const Escalate = z
  .strictObject({
    after: duration(60_000, 7 * 24 * hour, 'from 1m to 7d', '15m').meta({
      description: 'How long a critical incident may go without being acknowledged',
    }),
    mention: roles.meta({ description: 'Ids of the roles that are mentioned then' }),
  })
  .transform(({ after, mention }) => ({ afterMs: after, mention }))
  .meta({ description: 'Whom to ring once, when nobody acknowledges a critical incident' });

const Route = z
  .strictObject({
    match: z.record(z.string(), matcher).meta({
      description: 'Label name: value or /regex/; one firing alert of the incident must carry all of them',
      examples: [{ severity: 'critical' }],
    }),
    channel: snowflake().meta({ description: 'Id of the channel', examples: ['112233445566778811'] }),
    mention: roles.default([]).meta({ description: 'Ids of the roles that are mentioned' }),
    ring: z
      .boolean()
      .optional()
      .meta({ description: 'Default: true for critical and warning; false sends without a notification' }),
    ringOnResolve: z.boolean().default(false).meta({ description: 'Whether the end of an incident rings too' }),
    escalate: Escalate.optional(),
  })
  .meta({ description: 'First match wins' });

const Watchdog = z
  .strictObject({
    alertname: z
      .string()
      .min(1, 'must not be empty')
      .max(200)
      .default('Watchdog')
      .meta({ description: 'Its alertname', examples: ['Watchdog'] }),
    after: duration(60_000, 7 * 24 * hour, 'from 1m to 7d', '10m')
      .prefault('10m')
      .meta({ description: 'How long it may be missing' }),
  })
  .meta({
    description:
      'The alert that always fires, and how long it may be missing; this block, or the first one seen, arms it',
  });

const Access = z
  .strictObject({
    viewer: roles.default([]).meta({ description: 'Role ids: may read' }),
    operator: roles
      .default([])
      .meta({ description: 'Role ids: also deploy, roll back, restart, scale, silence, lock' }),
    admin: roles.default([]).meta({ description: 'Role ids: also helm, cordon, drain, reboot, hosts, unlock others' }),
  })
  .meta({ description: 'Who may do what, by Discord role; @everyone is the guild id; nothing listed = nobody may' });

const Alerts = z
  .strictObject({
    routes: z
      .array(Route)
      .max(500)
      .default([])
      .meta({ description: 'Default: everything to DISCORD_ALERT_CHANNEL_ID' }),
    watchdog: Watchdog.optional(),
    keep: duration(hour, 10 * year, 'from 1h to 3650d', '30d')
      .prefault('30d')
      .meta({
        description: 'How long closed cards, finished operations and interaction ids are kept',
      }),
  })
  .meta({ description: 'Where alerts go and how long they are kept' });

const Audit = z
  .strictObject({
    keep: duration(hour, 10 * year, 'from 1h to 3650d', '365d')
      .prefault('365d')
      .meta({ description: 'How long the audit trail is kept' }),
  })
  .meta({ description: 'The trail of who did what' });

const timezone = z
  .string()
  .superRefine((name, context) => {
    if (isTimeZone(name)) return;
    const near = didYouMean(name.slice(0, 64), Intl.supportedValuesOf('timeZone'));
    const message = `must be a time zone by its IANA name${near === null ? '' : `; did you mean ${near}?`}`;
    context.addIssue({ code: 'custom', message });
  })
  .default('UTC')
  .meta({ description: 'IANA name, for "until Monday 08:00"', examples: ['Europe/Berlin'] });

export const ConfigFile = z
  .strictObject({
    access: Access.prefault({}),
    apps: Apps.default({}),
    alerts: Alerts.prefault({}),
    audit: Audit.prefault({}),
    timezone,
  })
  .meta({ title: 'homelab-bot', description: 'Configuration file of homelab-bot' });
export type ConfigFile = z.output<typeof ConfigFile>;

/** Where the file leaves the block out. */
export const watchdogDefaults = Watchdog.parse({});

/** JSON Schema (draft 7, which editors know best) of what one may write. */
export function jsonSchema(): Record<string, unknown> {
  return { ...z.toJSONSchema(ConfigFile, { io: 'input', target: 'draft-7' }) };
}

function isTimeZone(name: string): boolean {
  // Offsets such as +01:00 are taken by Intl too, but know no summer time.
  if (!/^[A-Za-z]/.test(name) || name.length > 64) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
