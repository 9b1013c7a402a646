// Ids of Discord: 17 to 20 digits, always as text, because a number of JavaScript or YAML cannot hold them.
import { z } from 'zod';

/** A new schema each time: what is registered about one must not be said of another. */
export function snowflake(): z.ZodString {
  return z
    .string()
    .regex(/^\d{17,20}$/, "must be a Discord id: 17 to 20 digits (Discord's developer mode offers Copy ID)");
}
