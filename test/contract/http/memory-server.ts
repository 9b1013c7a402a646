// The HTTP side alone in a process of its own, as the bot runs it, so that its memory can be read from outside.
import { notificationParser } from '../../../src/alerts/schema.ts';
import { startHttp } from '../../../src/http/server.ts';
import { createLog } from '../../../src/lib/log.ts';
import { redact } from '../../../src/lib/redact.ts';
import { Secret } from '../../../src/lib/secret.ts';
import { token } from './token.ts';

const http = await startHttp({
  host: '127.0.0.1',
  port: 0,
  log: createLog({ level: 'silent', redact }),
  webhookToken: new Secret(token),
  parser: notificationParser,
  // About as long as a durable commit takes on a slow disk.
  accept: () => new Promise((resolve) => setTimeout(resolve, 5, null)),
  ready: () => ({ status: 'ready', store: 'open', discord: 'ready', cluster: 'none' }),
  health: () => true,
  metrics: async () => '',
});
process.once('disconnect', () => process.exit());
process.on('message', () => process.send?.({ memory: process.memoryUsage.rss() }));
process.send?.({ port: http.port });
