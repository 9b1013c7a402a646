// The dumps of manifests/database/mysql and their restore, by the scripts as they are shipped, on a real server.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { manifestsFolder } from '../manifests/render.ts';
import { type MariaDb, startMariaDb } from './mariadb.ts';

const run = promisify(execFile);
const mysql = join(manifestsFolder, 'database/mysql');
const password = { app: `a"pp\\'`.replace("'", ''), backup: 'backup-0123', exporter: 'exporter-0123' };

let folder = '';
let credentials = '';
let backups = '';
let server: MariaDb;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'homelab-mysql-'));
  server = await startMariaDb(folder);
  credentials = join(folder, 'credentials');
  await mkdir(credentials);
  for (const [name, text] of Object.entries(password)) await writeFile(join(credentials, `${name}-password`), text);
  // What the image's entrypoint does before it sources our users: the application's user, with all rights on one database.
  await server.sql(`CREATE USER 'laravel'@'%' IDENTIFIED BY '${password.app.replaceAll('\\', '\\\\')}';
    GRANT ALL ON laravel.* TO 'laravel'@'%';
    SET GLOBAL log_bin_trust_function_creators = ON;`);
  const entrypoint = `docker_process_sql() { mysql --no-defaults -uroot --socket="$SOCKET" "$@"; }
    set -eo pipefail; . "${mysql}/config/service-users.sh"`;
  const env = { ...process.env, SOCKET: server.socket, CREDENTIALS: credentials, MYSQL_USER: 'laravel' };
  await run('bash', ['-c', entrypoint], { env });
});

afterAll(async () => {
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  backups = await mkdtemp(join(folder, 'backups-'));
  await server.sql(
    'DROP DATABASE IF EXISTS laravel; DROP DATABASE IF EXISTS tenant_one; DROP DATABASE IF EXISTS tenant_copy;',
  );
  await server.sql(`CREATE DATABASE laravel CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
    CREATE DATABASE tenant_one CHARACTER SET latin1 COLLATE latin1_swedish_ci;
    CREATE TABLE tenant_one.orders (id INT PRIMARY KEY, total DECIMAL(9,2));
    INSERT INTO tenant_one.orders VALUES (1, 9.99), (2, 0.01);`);
  // By the application's own user, as its migrations make it: views, triggers and the like belong to whoever made them.
  await asApp(`CREATE TABLE laravel.posts (id INT AUTO_INCREMENT PRIMARY KEY, title VARCHAR(80), picture BLOB, written INT DEFAULT 0);
    USE laravel;
    CREATE TRIGGER count_writes BEFORE UPDATE ON posts FOR EACH ROW SET NEW.written = OLD.written + 1;
    CREATE VIEW titles AS SELECT title FROM posts;
    CREATE PROCEDURE answer() SELECT 42;
    CREATE EVENT nightly ON SCHEDULE EVERY 1 DAY DO DELETE FROM posts WHERE id = 0;
    INSERT INTO posts (title, picture) VALUES ('Grüße 🏠 "quoted" \\\\', x'00ff0a0d5c27'), ('', NULL);
    UPDATE posts SET title = 'second' WHERE id = 2;`);
});

async function asApp(text: string): Promise<string> {
  const file = join(folder, 'app.cnf');
  const escaped = password.app.replaceAll('\\', '\\\\').replaceAll('"', '\\"');
  await writeFile(
    file,
    `[client]\nuser=laravel\npassword="${escaped}"\nhost=127.0.0.1\nport=${server.port}\nprotocol=TCP\ndefault-character-set=utf8mb4\n`,
  );
  const client = run('mysql', [`--defaults-file=${file}`, '--batch', '--skip-column-names']);
  client.child.stdin?.end(text);
  return (await client).stdout;
}

/** Runs a script as its pod would; what it says on both streams, and how it ended. */
async function script(
  name: 'dump' | 'restore',
  more: Readonly<Record<string, string>> = {},
): Promise<{ code: number; said: string }> {
  const user = name === 'dump' ? 'backup' : 'laravel';
  const env = {
    ...process.env,
    BACKUPS: backups,
    KEEP: '3',
    DB_HOST: '127.0.0.1',
    DB_PORT: `${server.port}`,
    DB_USER: user,
    DB_PASSWORD_FILE: join(credentials, `${user === 'backup' ? 'backup' : 'app'}-password`),
    ...more,
  };
  return run('bash', [join(mysql, `scripts/${name}.sh`)], { env }).then(
    ({ stdout, stderr }) => ({ code: 0, said: stdout + stderr }),
    (error: { code: number; stdout: string; stderr: string }) => ({
      code: error.code,
      said: error.stdout + error.stderr,
    }),
  );
}

/** Everything that a restore has to bring back, as text. */
async function state(database = 'laravel'): Promise<string> {
  return server.sql(`USE ${database};
    SELECT id, title, HEX(picture), written FROM posts ORDER BY id;
    SELECT title FROM titles ORDER BY title;
    CALL answer();
    SELECT trigger_name, definer FROM information_schema.triggers WHERE trigger_schema = '${database}';
    SELECT event_name, interval_field FROM information_schema.events WHERE event_schema = '${database}';
    SELECT default_character_set_name, default_collation_name FROM information_schema.schemata WHERE schema_name = '${database}';`);
}

async function dumps(): Promise<string[]> {
  return (await readdir(backups)).toSorted();
}

async function aDump(): Promise<string> {
  const { code, said } = await script('dump');
  expect({ code, said }).toMatchObject({ code: 0, said: expect.stringContaining('holds laravel tenant_one') });
  return /(\S+) holds /.exec(said)?.[1] ?? '';
}

describe('a dump', () => {
  test('is a folder named by its time, with a file a database, that nobody else reads', async () => {
    const name = await aDump();
    expect(name).toMatch(/^\d{8}T\d{6}Z$/);
    expect((await readdir(join(backups, name))).toSorted()).toEqual([
      'SHA256SUMS',
      'databases.tsv',
      'laravel.sql.gz',
      'tenant_one.sql.gz',
    ]);
    const { stdout } = await run('stat', ['-c', '%a', join(backups, name), join(backups, name, 'laravel.sql.gz')]);
    expect(stdout).toBe('700\n600\n');
  });

  test('that cannot be written to its end leaves nothing behind that looks like one, and says so', async () => {
    expect(await script('dump', { DB_PORT: '1' })).toMatchObject({ code: 1 });
    expect(await script('dump', { DUMP_OPTIONS: '--no-such-option' })).toMatchObject({
      code: 1,
      said: expect.stringContaining('FAILED: laravel could not be dumped'),
    });
    expect(await dumps()).toEqual([]);
  });

  test('of a server that shows no database is none', async () => {
    await server.sql('DROP DATABASE laravel; DROP DATABASE tenant_one;');
    const { code, said } = await script('dump');
    expect({ code, said }).toMatchObject({ code: 1, said: expect.stringContaining('sees no database') });
    expect(await dumps()).toEqual([]);
  });

  test('removes all but the newest, counted, and what a killed run has left for a day', async () => {
    const old = ['20200101T000000Z', '20200102T000000Z', '20200103T000000Z', '20200104T000000Z-before-restore'];
    for (const name of [...old, '.20200105T000000Z', '.20991231T000000Z', 'kept-by-hand'])
      await mkdir(join(backups, name));
    await utimes(join(backups, '.20200105T000000Z'), 0, 0);
    const name = await aDump();
    expect(await dumps()).toEqual(['.20991231T000000Z', ...old.slice(1), name, 'kept-by-hand'].toSorted());
  });

  test('that fails removes none of those before it', async () => {
    const old = ['20200101T000000Z', '20200102T000000Z', '20200103T000000Z', '20200104T000000Z'];
    for (const name of old) await mkdir(join(backups, name));
    expect(await script('dump', { DB_PORT: '1' })).toMatchObject({ code: 1 });
    expect(await dumps()).toEqual(old);
  });
});

describe('a restore', () => {
  test('brings everything back after the database was lost, and nothing of another', async () => {
    const before = await state();
    const name = await aDump();
    await server.sql('DROP DATABASE laravel; INSERT INTO tenant_one.orders VALUES (3, 1);');
    const { code, said } = await script('restore', { DUMP: name, DATABASES: 'laravel' });
    expect({ code, said }).toMatchObject({ code: 0, said: expect.stringContaining(`laravel is as it was in ${name}`) });
    expect(await state()).toBe(before);
    expect(await server.sql('SELECT COUNT(*) FROM tenant_one.orders')).toBe('3');
    // The trigger works, not only exists.
    await asApp("UPDATE laravel.posts SET title = 'again' WHERE id = 2");
    expect(await server.sql('SELECT written FROM laravel.posts WHERE id = 2')).toBe('2');
  });

  test('of all databases brings back each', async () => {
    const before = await state();
    const name = await aDump();
    await server.sql('DROP DATABASE laravel; DROP TABLE tenant_one.orders;');
    expect(await script('restore', { DUMP: name, DATABASES: 'all' })).toMatchObject({ code: 0 });
    expect(await state()).toBe(before);
    expect(await server.sql('SELECT SUM(total) FROM tenant_one.orders')).toBe('10.00');
    expect(
      await server.sql(
        "SELECT default_collation_name FROM information_schema.schemata WHERE schema_name = 'tenant_one'",
      ),
    ).toBe('latin1_swedish_ci');
  });

  test('first dumps what it replaces, and that is restored the same way', async () => {
    const name = await aDump();
    await server.sql("INSERT INTO laravel.posts (title) VALUES ('written since')");
    const since = await state();
    expect(await script('restore', { DUMP: name, DATABASES: 'laravel' })).toMatchObject({ code: 0 });
    expect(await state()).not.toBe(since);
    const [safety = ''] = (await dumps()).filter((one) => one.endsWith('-before-restore'));
    expect(await script('restore', { DUMP: safety, DATABASES: 'laravel' })).toMatchObject({ code: 0 });
    expect(await state()).toBe(since);
  });

  test('under another name leaves the database as it is', async () => {
    const before = await state();
    const name = await aDump();
    expect(await script('restore', { DUMP: name, DATABASES: 'laravel', INTO: 'tenant_copy' })).toMatchObject({
      code: 0,
    });
    expect(await state()).toBe(before);
    expect((await state('tenant_copy')).split('\n').slice(0, 5)).toEqual(before.split('\n').slice(0, 5));
  });

  test('without a dump lists them with what they hold', async () => {
    const name = await aDump();
    expect(await script('restore')).toEqual({ code: 0, said: `${name}  laravel tenant_one\n` });
  });

  test('of a damaged dump touches nothing', async () => {
    const before = await state();
    const name = await aDump();
    await truncate(join(backups, name, 'laravel.sql.gz'), 200);
    const { code, said } = await script('restore', { DUMP: name, DATABASES: 'laravel' });
    expect({ code, said }).toMatchObject({ code: 1, said: expect.stringContaining('is not as it was written') });
    expect(await state()).toBe(before);
    expect(await dumps()).toEqual([name]);
  });

  test.each([
    [{ DUMP: '../../etc', DATABASES: 'laravel' }, 'DUMP is the name of a folder'],
    [{ DUMP: '20000101T000000Z', DATABASES: 'laravel' }, 'there is no dump 20000101T000000Z'],
    [{ DATABASES: '' }, 'holds: laravel tenant_one'],
    [{ DATABASES: 'shop' }, "no database 'shop', but: laravel tenant_one"],
    [{ DATABASES: 'all', INTO: 'tenant_copy' }, 'INTO is a name for one database'],
    [{ DATABASES: 'laravel', INTO: 'a`b' }, 'other characters than letters'],
    [{ DATABASES: 'laravel', INTO: 'elsewhere' }, 'elsewhere could not be made anew'],
  ])('that is asked for wrongly (%j) says what would be right and touches nothing', async (asked, wanted) => {
    const before = await state();
    const name = await aDump();
    const { code, said } = await script('restore', { DUMP: name, ...asked });
    expect({ code, said }).toMatchObject({ code: 1, said: expect.stringContaining(wanted) });
    expect(await state()).toBe(before);
  });

  test('no password is among the arguments of a program or in what is said', async () => {
    for (const name of ['dumps', 'dump', 'restore']) {
      expect(await readFile(join(mysql, `scripts/${name}.sh`), 'utf8')).not.toMatch(/--password|MYSQL_PWD| -p"?\$/);
    }
    const dumped = await script('dump');
    const restored = await script('restore', { DUMP: (await dumps())[0] ?? '', DATABASES: 'all' });
    for (const { said } of [dumped, restored]) {
      for (const secret of Object.values(password)) expect(said).not.toContain(secret);
    }
  });
});

test('the users that are made may do what they are for, and no more', async () => {
  const grants = (user: string) => server.sql(`SHOW GRANTS FOR ${user}`);
  expect(await grants("'exporter'@'127.0.0.1'")).toMatch(
    /^GRANT SELECT, PROCESS, (?:BINLOG MONITOR|REPLICATION CLIENT)\b.* ON \*\.\*/,
  );
  expect(await grants("'backup'@'%'")).toMatch(/^GRANT SELECT, LOCK TABLES, SHOW VIEW, EVENT, TRIGGER ON \*\.\*/);
  await expect(asApp('CREATE DATABASE tenant_copy')).resolves.toBe('');
  await expect(asApp('CREATE DATABASE shop_of_another')).rejects.toThrow(/Access denied/);
  await expect(asApp('SELECT * FROM mysql.user')).rejects.toThrow(/denied/);
});
