// What the API server answers about itself and about rights, only the fields used.
import { z } from 'zod';
import { name } from './schema.ts';

export const Version = z.object({ gitVersion: z.string().min(1).max(100) });

export const SelfReview = z.object({ status: z.object({ userInfo: z.object({ username: name }) }) });

export const AccessReview = z.object({ status: z.object({ allowed: z.boolean() }) });

const words = z
  .array(z.string().max(1000))
  .nullish()
  .transform((all) => all ?? []);

const Rule = z.object({ verbs: words, apiGroups: words, resources: words, resourceNames: words });
export type Rule = z.output<typeof Rule>;

export const RulesReview = z.object({
  status: z.object({
    resourceRules: z
      .array(Rule)
      .nullish()
      .transform((all) => all ?? []),
  }),
});
