// What several blocks of the configuration file are made of.
import { z } from 'zod';
import { parseDuration } from '../lib/duration.ts';
import { snowflake } from './snowflake.ts';

/** @param shortest and longest in milliseconds. */
export function duration(shortest: number, longest: number, allowed: string, example: string) {
  return z
    .string()
    .regex(/^(?=\d)(\d+w)?(\d+d)?(\d+h)?(\d+m)?(\d+s)?$/, 'must be a duration such as 30d, 15m or 1h30m')
    .meta({ examples: [example] })
    .transform((text, context) => {
      const ms = parseDuration(text);
      if (ms !== null && ms >= shortest && ms <= longest) return ms;
      return refuse(context, `must be a duration ${allowed}`);
    });
}

export const roles = z
  .array(snowflake().meta({ examples: ['112233445566778801'] }))
  .max(100)
  .meta({ examples: [['112233445566778801']] });

/** For a transformation that cannot be done. */
export function refuse(context: z.core.$RefinementCtx, message: string): never {
  context.issues.push({ code: 'custom', message, input: undefined });
  return z.NEVER;
}
