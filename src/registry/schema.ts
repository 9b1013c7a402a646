// What registries and their token servers answer, as far as it is used.
import { z } from 'zod';

/** https://distribution.github.io/distribution/spec/auth/token/; some say `token`, some `access_token`, some both. */
export const TokenAnswer = z
  .object({
    token: z.string().optional().catch(undefined),
    access_token: z.string().optional().catch(undefined),
    /** Seconds. */
    expires_in: z.number().optional().catch(undefined),
  })
  .transform(({ token, access_token, expires_in }) => ({ token: token || access_token || '', seconds: expires_in }))
  // It becomes part of a header.
  .refine(({ token }) => /^[\x21-\x7e]{1,32768}$/.test(token));
export type TokenAnswer = z.output<typeof TokenAnswer>;

/** A repository without a tag is `null` for some. */
export const TagList = z.object({ tags: z.array(z.unknown()).nullish() });
export type TagList = z.output<typeof TagList>;

/** The codes of the OCI distribution specification: `NAME_UNKNOWN`, `MANIFEST_UNKNOWN`, `DENIED` … */
export const Refusal = z.object({ errors: z.array(z.object({ code: z.string() })) });
export type Refusal = z.output<typeof Refusal>;
