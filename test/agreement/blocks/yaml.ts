// What is wrong with a YAML block: it parses, and is what it stands for: configuration of the bot, or of Alertmanager.
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { ConfigFile } from '../../../src/config/file-schema.ts';

/** The part of Alertmanager's configuration that documents show (prometheus.io/docs/alerting/latest/configuration). */
const Alertmanager = z.strictObject({
  route: z.looseObject({ routes: z.array(z.looseObject({ receiver: z.string() })) }).optional(),
  receivers: z.array(
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
  ),
});

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
  if (keys.includes('receivers')) return wrongBy(Alertmanager, value);
  if (keys.length > 0 && keys.every((key) => key in ConfigFile.shape)) return wrongBy(ConfigFile, value);
  return [`nothing here knows what a document with ${keys.join(', ')} is`];
}

function wrongBy(schema: z.ZodType, value: unknown): readonly string[] {
  const issues = schema.safeParse(value).error?.issues ?? [];
  return issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
}
