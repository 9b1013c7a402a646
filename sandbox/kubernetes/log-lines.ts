// What the containers of the sandbox write: requests that they answered, or what they died of.
import { fateOf } from './controllers/containers.ts';
import { type KubernetesObject, textAt } from './objects.ts';

export interface LogLine {
  readonly at: Date;
  readonly text: string;
}

/** Lines of a log that the kubelet keeps. */
const kept = 1_000;

export function writtenBy(pod: KubernetesObject, container: string, status: unknown, now: Date): LogLine[] {
  const image = textAt(status, 'image');
  const ended = textAt(status, 'lastState.terminated.finishedAt') || textAt(status, 'state.terminated.finishedAt');
  const started = new Date(textAt(status, 'state.running.startedAt') || ended || pod.metadata.creationTimestamp || now);
  const fate = fateOf(image);
  const dead = ended !== '' && textAt(status, 'state.running.startedAt') === '';
  if (dead && fate === 'oom') return at(started, [...boot(container), 'Killed']);
  if (dead) return at(started, [...boot(container), ...trace]);
  const requests = requestsOf(started, fate === 'unready', now);
  return [...at(started, boot(container)), ...requests].slice(-kept);
}

function boot(container: string): string[] {
  return [
    `Starting ${container} …`,
    '   INFO  Configuration cached successfully.',
    '   INFO  Routes cached successfully.',
    '   INFO  Server running on [http://0.0.0.0:8000].',
  ];
}

/** A stack trace as Laravel writes it; the line with the connection string is what must never be shown to anyone. */
const trace = [
  "[2026-08-01 09:14:07] production.ERROR: SQLSTATE[HY000] [1045] Access denied for user 'laravel'@'10.42.1.37' (using password: YES)",
  'DB connection failed: mysql://laravel:S3cr3t-Passw0rd-of-the-sandbox@mysql-multi-tenant-service:3306/laravel',
  'DB_PASSWORD=S3cr3t-Passw0rd-of-the-sandbox',
  '#0 /app/vendor/laravel/framework/src/Illuminate/Database/Connectors/Connector.php(66): PDO->__construct()',
  '#1 /app/vendor/laravel/framework/src/Illuminate/Database/Connectors/MySqlConnector.php(24): createConnection()',
  '#2 /app/app/Providers/TenancyServiceProvider.php(41): Illuminate\\Database\\DatabaseManager->connection()',
  '#3 /app/artisan(35): Illuminate\\Foundation\\Console\\Kernel->handle()',
  '',
  'In Connection.php line 760:',
  '  Could not connect to the database: giving up after 1 attempt.',
];

function at(time: Date, texts: readonly string[]): LogLine[] {
  return texts.map((text, index) => ({ at: new Date(time.getTime() + index), text }));
}

const visits = [
  'GET /up 200 2ms',
  'GET /tenants/3/orders 200 41ms',
  'POST /tenants/3/orders 201 88ms',
  'GET /up 200 2ms',
  'GET /tenants/7/invoices?page=2 200 63ms',
  'GET /favicon.ico 404 1ms',
];

/** One every two seconds since the start. */
function requestsOf(started: Date, unready: boolean, now: Date): LogLine[] {
  const all = Math.max(0, Math.floor((now.getTime() - started.getTime()) / 2_000));
  const first = Math.max(0, all - kept);
  return Array.from({ length: all - first }, (_, index) => {
    const number = first + index + 1;
    const time = new Date(started.getTime() + number * 2_000);
    const visit = unready ? 'GET /up 503 5001ms' : visits[number % visits.length];
    return { at: time, text: `[${time.toISOString().slice(0, 19).replace('T', ' ')}] ${visit}` };
  });
}
