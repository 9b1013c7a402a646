// What is wrong with a YAML block: it parses, and is what it stands for: configuration of the bot, or of Alertmanager.
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { ConfigFile, watchdogDefaults } from '../../../src/config/file-schema.ts';
import { parseDuration } from '../../../src/lib/duration.ts';

const duration = z.string().transform((text, context) => {
  const ms = parseDuration(text);
  if (ms !== null) return ms;
  context.addIssue('is no duration');
  return z.NEVER;
});

const Route = z
  .strictObject({
    receiver: z.string(),
    matchers: z.array(z.string()),
    continue: z.boolean().optional(),
    group_by: z.array(z.string()).optional(),
    group_wait: duration.optional(),
    group_interval: duration.default(5 * 60_000),
    repeat_interval: duration.default(4 * 3_600_000),
  })
  .refine(
    // Twice in a row may get lost.
    (route) =>
      !route.matchers.some((one) => one.includes('"Watchdog"')) || 3 * timeBetween(route) < watchdogDefaults.after,
    { error: 'sends the Watchdog too seldom' },
  );

/**
 * Between two notifications of a group that does not change, in milliseconds: Alertmanager looks at each `group_interval`, and repeats where more
 * than `repeat_interval` is over (`needsUpdate` in its notify/notify.go).
 */
function timeBetween(route: { group_interval: number; repeat_interval: number }): number {
  return (Math.floor(route.repeat_interval / route.group_interval) + 1) * route.group_interval;
}

/** The part of Alertmanager's configuration that documents show (prometheus.io/docs/alerting/latest/configuration). */
const Alertmanager = z.strictObject({
  route: z.strictObject({ routes: z.array(Route) }).optional(),
  receivers: z
    .array(
      z.strictObject({
        name: z.string(),
        webhook_configs: z
          .array(
            z.strictObject({
              url: z.literal('http://homelab-bot.chatops:8080/webhooks/alertmanager'),
              // Otherwise nothing would say that an alert is over.
              send_resolved: z.literal(true),
              http_config: z.strictObject({
                authorization: z.strictObject({
                  type: z.literal('Bearer').optional(),
                  credentials_file: z.string().startsWith('/etc/alertmanager/secrets/'),
                }),
              }),
            }),
          )
          .optional(),
        discord_configs: z.array(z.strictObject({ webhook_url_file: z.string() })).optional(),
      }),
    )
    .optional(),
});

/** What a folder of manifests/ says to be given the settings. */
const Kustomization = z.strictObject({ components: z.tuple([z.literal('../settings')]) });

/** @returns what is wrong with it. */
export function wrongYaml(block: string): readonly string[] {
  const documents = parseAllDocuments(block);
  const said = documents.flatMap(({ errors, warnings }) => [...errors, ...warnings]).map(({ message }) => message);
  if (said.length > 0) return said;
  return documents.flatMap((document) => wrongDocument(document.toJS()));
}

function wrongDocument(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return ['it is no mapping'];
  const keys = Object.keys(value);
  if (keys.includes('receivers') || keys.includes('route')) return wrongBy(Alertmanager, value);
  if (keys.includes('components')) return wrongBy(Kustomization, value);
  if (keys.length > 0 && keys.every((key) => key in ConfigFile.shape)) return wrongBy(ConfigFile, value);
  return [`nothing here knows what a document with ${keys.join(', ')} is`];
}

function wrongBy(schema: z.ZodType, value: unknown): readonly string[] {
  const issues = schema.safeParse(value).error?.issues ?? [];
  return issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
}
