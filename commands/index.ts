// Every slash command, in the order in which people find them.
import type { Command } from '../src/dispatch/command.ts';
import { alerts } from './alerts.ts';
import { audit } from './audit.ts';
import { deploy } from './deploy.ts';
import { help } from './help.ts';
import { history } from './history.ts';
import { nodes } from './nodes.ts';
import { rollback } from './rollback.ts';
import { silence } from './silence.ts';
import { status } from './status.ts';
import { whoami } from './whoami.ts';

export const commands: readonly Command[] = [
  nodes,
  status,
  alerts,
  history,
  whoami,
  help,
  audit,
  deploy,
  rollback,
  silence,
];
