// The process: arguments, environment, signals, exit codes; nothing else.
import { type App, startApp } from './app.ts';
import type { Config } from './config/config.ts';
import { jsonSchema } from './config/file-schema.ts';
import { formatProblems } from './config/problems.ts';
import { readConfig } from './config/read-config.ts';
import { createLog } from './lib/log.ts';
import { redactor } from './lib/redact.ts';
import { Unusable } from './lib/unusable.ts';

const exit = { usage: 64, software: 70, config: 78 } as const;

/** SIGTERM to the end, by contract within 10 s. */
const stopMs = 8000;

const usage = `Usage: homelab-bot [schema]

  (no argument)  run the bot, configured by the environment (.env.example lists it)
  schema         print the JSON Schema of the configuration file
`;

function end(code: number, text: string): never {
  process.stderr.write(text.endsWith('\n') ? text : `${text}\n`);
  process.exit(code);
}

async function run(): Promise<void> {
  const read = readConfig(process.env);
  if (!read.ok) end(exit.config, formatProblems(read.problems));
  const { config } = read;
  const redact = redactor(config.secrets);
  const log = createLog({ level: config.log.level, redact });
  for (const warning of read.warnings) log.warn({ warning }, 'The configuration can be improved');

  // Listened for from before the start: webhooks are taken before the whole of it is over.
  let stopping = false;
  const stop = async (signal: string): Promise<void> => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, 'Stopping');
    // Should a part hang all the same, what matters is in the store.
    setTimeout(() => process.exit(0), stopMs + 1000).unref();
    const app = await starting;
    await app.stop(stopMs);
    log.info('Stopped');
    process.exit(0);
  };
  process.on('SIGTERM', (signal) => void stop(signal));
  process.on('SIGINT', (signal) => void stop(signal));
  process.on('unhandledRejection', (err) =>
    log.error({ err }, 'A promise was rejected and nobody looked: a defect of homelab-bot'),
  );
  process.on('uncaughtException', (err) => {
    // The state in memory cannot be trusted any more; the store can.
    log.fatal({ err }, 'An unexpected error ends the process: a defect of homelab-bot');
    process.exit(exit.software);
  });
  const starting = start(config, { log, redact, environment: process.env });
  await starting;
}

async function start(config: Config, context: Omit<Parameters<typeof startApp>[0], 'config'>): Promise<App> {
  try {
    return await startApp({ config, ...context });
  } catch (error) {
    if (error instanceof Unusable) end(exit.config, error.message);
    throw error;
  }
}

const [command, ...rest] = process.argv.slice(2);
if (rest.length > 0 || (command !== undefined && command !== 'schema')) end(exit.usage, usage);
if (command === 'schema') process.stdout.write(`${JSON.stringify(jsonSchema(), null, 2)}\n`);
else await run();
