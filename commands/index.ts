// Every slash command, in the order in which people find them.
import type { Command } from '../src/dispatch/command.ts';
import { help } from './help.ts';
import { nodes } from './nodes.ts';
import { whoami } from './whoami.ts';

export const commands: readonly Command[] = [nodes, whoami, help];
