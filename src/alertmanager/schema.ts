// What API v2 answers, parsed once: only the fields that are used, as versions 0.25 to 0.34 write them.
// https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml
import { z } from 'zod';
import { shortened } from '../lib/shortened.ts';
import type { AlertmanagerStatus, ListedAlert, ListedGroup, ListedSilence } from './alertmanager.ts';

/** Given on as they were parsed: a label may be named `__proto__`, which a copy by zod would lose. */
const Texts = z
  .custom<Readonly<Record<string, string>>>(
    (value) =>
      typeof value === 'object' &&
      value !== null &&
      !Array.isArray(value) &&
      Object.values(value).every((text) => typeof text === 'string'),
    { error: 'must be an object of texts' },
  )
  .transform((texts) => {
    if (Object.values(texts).every((text) => text.isWellFormed())) return texts;
    return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, text.toWellFormed()]));
  });

const Time = z
  .string()
  .max(64)
  .transform((text, context) => {
    const at = Date.parse(text);
    if (!Number.isNaN(at)) return at;
    context.addIssue({ code: 'custom', message: 'must be a time' });
    return z.NEVER;
  });

const Receiver = z.object({ name: z.string() });

/** Some versions write null for an empty list. */
const Ids = z
  .array(z.string())
  .nullish()
  .transform((ids) => ids ?? []);

const Alert = z
  .object({
    fingerprint: z.string().min(1).max(64),
    labels: Texts,
    annotations: Texts.default({}),
    generatorURL: z.string().default(''),
    startsAt: Time,
    receivers: z.array(Receiver),
    status: z.object({
      /** `active`, `suppressed` or `unprocessed`: which of them follows from the lists. */
      state: z.string(),
      silencedBy: Ids,
      inhibitedBy: Ids,
      mutedBy: Ids,
    }),
  })
  .transform(
    ({ status, receivers, ...alert }): ListedAlert => ({
      ...alert,
      receivers: receivers.map(({ name }) => name),
      silencedBy: status.silencedBy,
      inhibitedBy: status.inhibitedBy,
      mutedBy: status.mutedBy,
    }),
  );

export const Alerts = z.array(Alert);

export const Groups = z.array(
  z
    .object({ labels: Texts, receiver: Receiver, alerts: z.array(Alert) })
    .transform(({ receiver, ...group }): ListedGroup => ({ ...group, receiver: receiver.name })),
);

export const Receivers = z.array(Receiver).transform((receivers) => receivers.map(({ name }) => name));

const Matcher = z.object({
  name: z.string(),
  value: z.string(),
  isRegex: z.boolean(),
  /** Absent before 0.22. */
  isEqual: z.boolean().default(true),
});

/** Of what people wrote; more is cut. */
const longestText = 500;

const Words = z
  .string()
  .default('')
  .transform((text) => shortened(text, longestText).toWellFormed());

export const Silence = z
  .object({
    id: z.string().min(1).max(64),
    status: z.object({ state: z.enum(['active', 'pending', 'expired']) }),
    matchers: z.array(Matcher),
    createdBy: Words,
    comment: Words,
    startsAt: Time,
    endsAt: Time,
  })
  .transform(({ status, ...silence }): ListedSilence => ({ ...silence, state: status.state }));

export const Silences = z.array(Silence);

export const Added = z.object({ silenceID: z.string().min(1).max(64) }).transform(({ silenceID }) => silenceID);

export const Status = z
  .object({ uptime: Time, versionInfo: z.object({ version: z.string().max(200) }) })
  .transform(({ uptime, versionInfo }): AlertmanagerStatus => ({ version: versionInfo.version, startedAt: uptime }));

/** Its configuration, as text without secrets. */
export const Config = z
  .object({ config: z.object({ original: z.string() }) })
  .transform(({ config }) => config.original);
