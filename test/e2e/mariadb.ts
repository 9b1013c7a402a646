// A real MariaDB on this machine, for the scripts that dump and restore: the same client programs and the same protocol as MySQL's.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { userInfo } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

export interface MariaDb {
  readonly port: number;
  readonly socket: string;
  /** As root, by the socket; rows as lines, columns by tabs. @throws what the client says. */
  sql(text: string): Promise<string>;
  stop(): Promise<void>;
}

const run = promisify(execFile);
// An ordinary user's PATH lacks /usr/sbin, where the server is.
const env = { PATH: [process.env['PATH'], '/usr/sbin'].join(delimiter), HOME: '/nonexistent', LC_ALL: 'C.UTF-8' };

/** @param folder that exists; everything of the server is below it. */
export async function startMariaDb(folder: string): Promise<MariaDb> {
  const data = join(folder, 'data');
  const socket = join(folder, 'socket');
  const port = await freePort();
  await mkdir(data);
  const own = ['--no-defaults', `--datadir=${data}`, `--user=${userInfo().username}`];
  const install = ['--auth-root-authentication-method=normal', '--skip-test-db', '--skip-name-resolve'];
  await run('mariadb-install-db', [...own, ...install], { env });
  const log = join(folder, 'log');
  const listen = [
    `--port=${port}`,
    '--bind-address=127.0.0.1',
    `--socket=${socket}`,
    `--pid-file=${join(folder, 'pid')}`,
  ];
  const settings = ['--skip-name-resolve', '--character-set-server=utf8mb4', `--log-error=${log}`];
  const server = spawn('mariadbd', [...own, ...listen, ...settings], { env, stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => {
    server.once('close', () => resolve());
    server.once('error', () => resolve());
  });
  const root = join(folder, 'root.cnf');
  await writeFile(root, `[client]\nuser=root\nsocket=${socket}\ndefault-character-set=utf8mb4\n`);
  const sql = async (text: string): Promise<string> => {
    const client = run('mysql', [`--defaults-file=${root}`, '--batch', '--skip-column-names'], { env });
    client.child.stdin?.end(text);
    return (await client).stdout.trimEnd();
  };
  const stop = () => end(server, ended);
  try {
    await untilItAnswers(sql, ended);
  } catch (error) {
    await stop();
    throw new Error(`MariaDB did not start; its log is ${log}.`, { cause: error });
  }
  return { port, socket, sql, stop };
}

async function untilItAnswers(sql: (text: string) => Promise<string>, ended: Promise<void>): Promise<void> {
  let isOver = false;
  void ended.then(() => (isOver = true));
  for (const deadline = Date.now() + 60_000; ; await new Promise((resolve) => setTimeout(resolve, 100))) {
    const answer = await sql('SELECT 1').catch((error: unknown) => error);
    if (answer === '1') return;
    if (isOver || Date.now() > deadline) throw answer;
  }
}

async function end(server: ChildProcess, ended: Promise<void>): Promise<void> {
  server.kill('SIGTERM');
  const limit = setTimeout(() => server.kill('SIGKILL'), 20_000);
  await ended;
  clearTimeout(limit);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
