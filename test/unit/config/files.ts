// A folder of its own for each test file, and an environment in which everything required is right.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import { readConfig } from '../../../src/config/read-config.ts';

export const folder = mkdtempSync(join(tmpdir(), 'homelab-bot-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

let count = 0;

/** @returns the path of a new file. */
export function file(text: string | Uint8Array, name = `file-${++count}`): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

export const required = {
  DISCORD_TOKEN: 'first.second.third',
  DISCORD_GUILD_ID: '112233445566778800',
  DISCORD_ALERT_CHANNEL_ID: '112233445566778810',
  ALERTMANAGER_WEBHOOK_TOKEN: 'a-token-of-more-than-16',
};

/** The problems of a configuration file, each as `path: what` without the file's name. */
export function problemsOf(yaml: string): string[] {
  const path = file(yaml);
  const result = readConfig({ ...required, CONFIG_FILE: path });
  if (result.ok) return [];
  return result.problems.map(({ where, what }) => `${where.replace(path, '')} ${what}`);
}

/** @throws when the configuration is wrong. */
export function configOf(yaml: string) {
  const result = readConfig({ ...required, CONFIG_FILE: file(yaml) });
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result;
}
