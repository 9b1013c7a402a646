// What the doctor asks a registry: whether it lists an image's tags.
import type { Asked } from '../lib/asked.ts';
import { UserError } from '../lib/user-error.ts';
import type { Registry } from './registry.ts';

/** Rejects with the signal's reason. */
export async function examineTags(
  registry: Registry,
  image: string,
  signal: AbortSignal,
): Promise<Asked<readonly string[]>> {
  try {
    return { kind: 'known', value: await registry.tags(image, signal) };
  } catch (error) {
    if (error instanceof UserError) return { kind: 'refused', why: error.message };
    throw error;
  }
}
