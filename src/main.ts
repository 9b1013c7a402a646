// The process: arguments, environment, signals, exit codes; nothing else.
import { type App, startApp } from './app.ts';
import type { Config } from './config/config.ts';
import { jsonSchema } from './config/file-schema.ts';
import { formatProblems } from './config/problems.ts';
import { readConfig } from './config/read-config.ts';
import { createLog } from './lib/log.ts';
import { redactor } from './lib/redact.ts';
import { Unusable } from './lib/unusable.ts';

const exit = { failed: 1, usage: 64, software: 70, config: 78 } as const;

/** SIGTERM to the end, by contract within 10 s. */
const stopMs = 8000;
/** An interrupted doctor ends git and removes its folder. */
const doctorStopMs = 5000;

const usage = `Usage: homelab-bot [doctor | schema]

  (no argument)  run the bot, configured by the environment (.env.example lists it)
  doctor         check the whole configuration against the real services, one line per check with the remedy;
                 changes nothing; exit code 0, 1 where something failed, 78 where the configuration is wrong
  schema         print the JSON Schema of the configuration file
`;

function end(code: number, text: string): never {
  process.stderr.write(text.endsWith('\n') ? text : `${text}\n`);
  process.exit(code);
}

function configured() {
  const read = readConfig(process.env);
  if (!read.ok) end(exit.config, formatProblems(read.problems));
  const { config, warnings } = read;
  return { config, warnings, redact: redactor(config.secrets), environment: process.env };
}

async function run(): Promise<void> {
  const { config, warnings, redact, environment } = configured();
  const log = createLog({ level: config.log.level, redact });
  for (const warning of warnings) log.warn({ warning }, 'The configuration can be improved');

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
  const starting = start(config, { log, redact, environment });
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

async function doctor(): Promise<void> {
  const { warnings, ...given } = configured();
  const { runDoctor } = await import('./app/doctor.ts');
  const interrupted = new AbortController();
  const stop = (): void => {
    interrupted.abort(new Error('Interrupted'));
    // Should a part hang all the same, there is nothing that it could lose.
    setTimeout(() => process.exit(exit.failed), doctorStopMs).unref();
  };
  process.on('SIGTERM', stop).on('SIGINT', stop);
  const options = {
    ...given,
    warnings: warnings.map(({ where, what }) => `${where} ${what}`),
    log: createLog({ level: 'silent', redact: given.redact }),
    print: (text: string) => void process.stdout.write(`${text}\n`),
  };
  const healthy = await runDoctor(options, interrupted.signal).catch((error: unknown) => {
    if (interrupted.signal.aborted) end(exit.failed, 'Interrupted: not everything was checked.');
    throw error;
  });
  process.exit(healthy ? 0 : exit.failed);
}

const [command, ...rest] = process.argv.slice(2);
const isHelp = process.argv.slice(2).some((word) => word === '--help' || word === '-h');
const unknown = [undefined, 'doctor', 'schema'].includes(command) ? rest[0] : command;
if (unknown !== undefined && !isHelp) end(exit.usage, `"${unknown}" is not understood.\n\n${usage}`);
if (isHelp) process.stdout.write(usage);
else if (command === 'doctor') await doctor();
else if (command === 'schema') process.stdout.write(`${JSON.stringify(jsonSchema(), null, 2)}\n`);
else await run();
