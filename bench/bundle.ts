// What the benchmarks measure, and against what: the bundle, and a Discord that never makes it wait.
import { join } from 'node:path';
import { discordLimits, type RateLimits } from '../sandbox/discord/discord.ts';

export const bundle = join(import.meta.dirname, '..', 'dist', 'main.js');

const many = { limit: 100_000, perMs: 1_000 };

/** Told in headers too, which discord.js heeds; its own 46 requests a second remain. */
export const unlimited: Partial<RateLimits> = Object.fromEntries(
  Object.keys(discordLimits).map((name) => [name, many]),
);
