// Real git servers on 127.0.0.1: OpenSSH's sshd with a host key of its own, and `git http-backend` over https behind a token.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import { connect, createServer as createTcpServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { createCertificate } from '../../sandbox/kubernetes/certificate.ts';

const run = promisify(execFile);

export interface SshServer {
  /** `ssh://` URL of a bare repository on this machine. */
  url(repository: string): string;
  /** Private keys: of who may come in, and of a stranger. */
  readonly key: string;
  readonly strangersKey: string;
  /** Lines of known_hosts: the right one, and one of another host under this address. */
  readonly knownHosts: string;
  readonly wrongKnownHosts: string;
  /** What sshd has logged so far. */
  log(): string;
  stop(): Promise<void>;
}

/** Why no sshd can be started here, and what would help; null when one can. */
export function missingSshd(): string | null {
  if (sshd() === null) return 'sshd: apt-get install openssh-server.';
  return null;
}

/** Rejects with what is missing. Only the current user may log in, by one key, and run nothing but `git shell`. */
export async function startSshd(): Promise<SshServer> {
  const program = sshd();
  if (program === null) throw new Error(`Missing: ${missingSshd()}`);
  const folder = await mkdtemp(join(tmpdir(), 'homelab-sshd-'));
  const [host, other, key, stranger] = await Promise.all(
    ['host', 'other', 'key', 'stranger'].map((name) => keyPair(join(folder, name))),
  );
  const port = await freePort();
  const { username, uid } = userInfo();
  // Where sshd runs as root it separates its privileges there; the package makes it at boot.
  if (uid === 0) await mkdir('/run/sshd', { recursive: true, mode: 0o755 });
  await writeFile(
    join(folder, 'authorized'),
    `restrict,command="git shell -c \\"$SSH_ORIGINAL_COMMAND\\"" ${key?.open}\n`,
  );
  const settings = {
    Port: port,
    ListenAddress: '127.0.0.1',
    HostKey: join(folder, 'host'),
    AuthorizedKeysFile: join(folder, 'authorized'),
    AllowUsers: username,
    PermitRootLogin: 'prohibit-password',
    PasswordAuthentication: 'no',
    KbdInteractiveAuthentication: 'no',
    UsePAM: 'no',
    StrictModes: 'no',
    PidFile: 'none',
    LogLevel: 'VERBOSE',
  };
  const config = join(folder, 'sshd_config');
  await writeFile(
    config,
    Object.entries(settings)
      .map(([name, value]) => `${name} ${value}\n`)
      .join(''),
  );
  const child = spawn(program, ['-D', '-e', '-f', config], { stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text));
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  async function stop(): Promise<void> {
    child.kill('SIGTERM');
    await ended;
    await rm(folder, { recursive: true, force: true });
  }
  try {
    await greeting(child, port);
  } catch (error) {
    await stop();
    throw new Error(`sshd did not start: ${log}`, { cause: error });
  }
  const at = `[127.0.0.1]:${port}`;
  return {
    url: (repository) => `ssh://${username}@127.0.0.1:${port}${repository}`,
    key: key?.secret ?? '',
    strangersKey: stranger?.secret ?? '',
    knownHosts: `${at} ${host?.open}`,
    wrongKnownHosts: `${at} ${other?.open}`,
    log: () => log,
    stop,
  };
}

function sshd(): string | null {
  const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/usr/local/sbin'];
  // sshd starts itself anew and wants to be called by its whole path.
  return (
    folders
      .filter(Boolean)
      .map((folder) => join(folder, 'sshd'))
      .find((path) => existsSync(path)) ?? null
  );
}

async function keyPair(path: string): Promise<{ readonly open: string; readonly secret: string }> {
  await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'test', '-f', path]);
  const [type, text] = (await readFile(`${path}.pub`, 'utf8')).split(' ');
  return { open: `${type} ${text}`, secret: await readFile(path, 'utf8') };
}

function freePort(): Promise<number> {
  const server = createTcpServer();
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
      server.close(() => resolve(port));
    });
  });
}

/** Resolves when the server says that it speaks SSH. */
async function greeting(child: ChildProcess, port: number): Promise<void> {
  for (const deadline = Date.now() + 20_000; Date.now() < deadline && child.exitCode === null; ) {
    const said = await new Promise<string>((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.setEncoding('utf8').once('data', (text: string) => resolve(text));
      socket.once('data', () => socket.destroy()).once('error', () => setTimeout(resolve, 50, ''));
      socket.once('close', () => resolve(''));
    });
    if (said.startsWith('SSH-2.0')) return;
  }
  throw new Error('it says nothing');
}

export interface HttpsServer {
  readonly url: string;
  /** A file that holds the certificate of its authority, for SSL_CERT_FILE. */
  readonly authority: string;
  readonly requests: readonly { readonly path: string; readonly answered: number }[];
  /** Called at each request, before it is answered. */
  onRequest: (() => void) | null;
  /** Who has the token may read, but not push. */
  readOnly: boolean;
  /** Every request is sent there. */
  redirect: string | null;
  stop(): Promise<void>;
}

/** Made once: it takes seconds. */
let certificate: ReturnType<typeof createCertificate> | null = null;

/** Serves one bare repository to whoever presents the token: as a password (Basic) or by itself (Bearer). */
export async function startGitHttps(repository: string, token: string): Promise<HttpsServer> {
  const folder = await mkdtemp(join(tmpdir(), 'homelab-git-https-'));
  certificate ??= createCertificate();
  const { cert, key, ca } = await certificate;
  const authority = join(folder, 'ca.pem');
  await writeFile(authority, ca);
  const requests: { path: string; answered: number }[] = [];
  const children = new Set<ChildProcess>();
  const state: { onRequest: (() => void) | null; readOnly: boolean; redirect: string | null } = {
    onRequest: null,
    readOnly: false,
    redirect: null,
  };

  function answer(request: IncomingMessage, response: ServerResponse): void {
    state.onRequest?.();
    const url = new URL(request.url ?? '/', 'https://127.0.0.1');
    const refuse = (status: number, headers: Record<string, string> = {}): void => {
      requests.push({ path: url.pathname + url.search, answered: status });
      request.resume();
      response.writeHead(status, headers).end();
    };
    if (state.redirect !== null) {
      refuse(301, { location: state.redirect + url.pathname + url.search });
    } else if (!holds(request.headers.authorization, token)) {
      refuse(401, { 'www-authenticate': 'Basic realm="git"' });
    } else if (state.readOnly && /git-receive-pack/.test(url.href)) {
      refuse(403);
    } else {
      requests.push({ path: url.pathname + url.search, answered: 200 });
      children.add(backend(repository, request, response, url));
    }
  }

  const server: Server = createServer({ cert, key }, answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  return Object.assign(state, {
    url: `https://127.0.0.1:${port}/${repository.split('/').at(-1)}`,
    authority,
    requests,
    async stop() {
      for (const child of children) child.kill('SIGKILL');
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true, force: true });
    },
  });
}

function holds(header: string | undefined, token: string): boolean {
  const [scheme = '', value = ''] = (header ?? '').split(' ');
  if (scheme.toLowerCase() === 'bearer') return value === token;
  return scheme.toLowerCase() === 'basic' && Buffer.from(value, 'base64').toString().endsWith(`:${token}`);
}

/** CGI as in RFC 3875, as far as `git http-backend` needs it. */
function backend(repository: string, request: IncomingMessage, response: ServerResponse, url: URL): ChildProcess {
  const env = {
    PATH: process.env['PATH'],
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_PROJECT_ROOT: dirname(repository),
    GIT_HTTP_EXPORT_ALL: '1',
    REMOTE_USER: 'bot',
    REMOTE_ADDR: '127.0.0.1',
    REQUEST_METHOD: request.method,
    PATH_INFO: decodeURIComponent(url.pathname),
    QUERY_STRING: url.search.slice(1),
    CONTENT_TYPE: request.headers['content-type'] ?? '',
    HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
    GIT_PROTOCOL: `${request.headers['git-protocol'] ?? ''}`,
    ...(request.headers['content-length'] !== undefined && { CONTENT_LENGTH: request.headers['content-length'] }),
  };
  const child = spawn('git', ['http-backend'], { env, stdio: ['pipe', 'pipe', 'ignore'] });
  child.stdin.on('error', () => undefined);
  request.pipe(child.stdin);
  let head = Buffer.alloc(0);
  child.stdout.on('data', (chunk: Buffer) => {
    if (response.headersSent) return void response.write(chunk);
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end < 0) return;
    const fields = head
      .subarray(0, end)
      .toString()
      .split('\r\n')
      .map((line) => line.split(/: */, 2));
    const status = Number(fields.find(([name]) => name?.toLowerCase() === 'status')?.[1]?.split(' ')[0] ?? 200);
    const headers = fields.flatMap(([name = '', value = '']) =>
      name.toLowerCase() === 'status' ? [] : [[name, value]],
    );
    response.writeHead(status, Object.fromEntries(headers)).write(head.subarray(end + 4));
  });
  child.stdout.on('end', () => response.end());
  response.on('close', () => child.kill('SIGKILL'));
  return child;
}
