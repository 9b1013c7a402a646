// Runs other programs: never through a shell, with a limit on time and output, and only the environment that is handed in.
import { type ChildProcess, spawn } from 'node:child_process';

export interface Execution {
  /** A name that is looked up on `env.PATH`, or an absolute path. */
  readonly program: string;
  /** Each arrives as it is; secrets do not belong here, for others on the machine can read them. */
  readonly args: readonly string[];
  /** The whole environment of the program; see `programEnvironment`. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Fed to its standard input to the byte; without it there is none. */
  readonly input?: string | Uint8Array;
  /** Milliseconds until it is ended. */
  readonly timeoutMs: number;
  /** Bytes of standard output that are taken, 8 MiB by default; a program that says more is ended. */
  readonly outputBytes?: number;
  /** Milliseconds between SIGTERM and SIGKILL; 2,000 by default. */
  readonly graceMs?: number;
}

/** How it ended. `stderr` holds its first 64 KiB. */
export type Ended =
  | { readonly kind: 'exited'; readonly code: number; readonly stdout: string; readonly stderr: string }
  /** There is no such program on the PATH, or it may not be run. */
  | { readonly kind: 'missing' }
  | { readonly kind: 'timeout'; readonly afterMs: number; readonly stderr: string }
  | { readonly kind: 'too much'; readonly bytes: number }
  /** By someone else. */
  | { readonly kind: 'killed'; readonly signal: string; readonly stderr: string };

const stderrBytes = 64 * 1024;
/** What a program left running may hold on to its output; it is not waited for longer. */
const lingerMs = 1000;

/**
 * Rejects only with the signal's reason, once the program is gone. It runs in a session of its own: what it started ends with it, and nothing
 * can ask the terminal for a password.
 */
export function exec(execution: Execution, signal: AbortSignal): Promise<Ended> {
  const { promise, resolve, reject } = Promise.withResolvers<Ended>();
  if (signal.aborted) {
    reject(signal.reason);
    return promise;
  }
  const { program, args, env, cwd, input, timeoutMs, outputBytes = 8 * 2 ** 20, graceMs = 2000 } = execution;
  const child = spawn(program, args, {
    env,
    ...(cwd !== undefined && { cwd }),
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    detached: true,
    windowsHide: true,
  });
  const timers: NodeJS.Timeout[] = [];
  const out = collect(child.stdout, outputBytes, () => end({ kind: 'too much', bytes: outputBytes }));
  const err = collect(child.stderr, stderrBytes, () => {});
  /** Why it is being ended; the first reason stays. */
  let because: (() => void) | null = null;

  function end(ended: Ended | 'aborted'): void {
    if (because !== null) return;
    because = () => (ended === 'aborted' ? reject(signal.reason) : resolve(withStderr(ended, err())));
    kill(child, 'SIGTERM');
    timers.push(setTimeout(() => kill(child, 'SIGKILL'), graceMs));
  }
  const abort = (): void => end('aborted');
  signal.addEventListener('abort', abort, { once: true });
  timers.push(setTimeout(() => end({ kind: 'timeout', afterMs: timeoutMs, stderr: '' }), timeoutMs));
  promise
    .catch(() => {})
    .finally(() => {
      for (const timer of timers) clearTimeout(timer);
      signal.removeEventListener('abort', abort);
    });

  child.on('error', (error) => {
    const code = 'code' in error ? error.code : undefined;
    // Also where it could not be killed, which its end tells anyway.
    if (child.pid !== undefined) return;
    if (code === 'ENOENT' || code === 'EACCES') resolve({ kind: 'missing' });
    else reject(error);
  });
  child.on('exit', () => timers.push(setTimeout(() => letGo(child), lingerMs)));
  child.on('close', (code, by) => {
    if (because !== null) because();
    else if (code === null) resolve({ kind: 'killed', signal: by ?? 'unknown', stderr: err() });
    else resolve({ kind: 'exited', code, stdout: out(), stderr: err() });
  });
  if (input !== undefined) {
    // It may end before it has read everything, which its exit code tells.
    child.stdin?.on('error', () => {});
    child.stdin?.end(input);
  }
  return promise;
}

function withStderr(ended: Ended, stderr: string): Ended {
  return ended.kind === 'timeout' ? { ...ended, stderr } : ended;
}

/** The first `most` bytes; calls `over` once when there are more. */
function collect(stream: ChildProcess['stdout'], most: number, over: () => void): () => string {
  const chunks: Buffer[] = [];
  let bytes = 0;
  stream?.on('error', () => {});
  stream?.on('data', (chunk: Buffer) => {
    const room = most - bytes;
    bytes += chunk.length;
    if (room > 0) chunks.push(chunk.subarray(0, room));
    if (room >= 0 && bytes > most) over();
  });
  return () => Buffer.concat(chunks).toString();
}

/** The program and what it started. */
function kill(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // It is gone.
  }
}

function letGo(child: ChildProcess): void {
  kill(child, 'SIGKILL');
  child.stdout?.destroy();
  child.stderr?.destroy();
}

/** What programs may know of our environment: where programs and homes are, and the way out. Our secrets are in the rest. */
const passed = [
  'PATH',
  'HOME',
  'USER',
  'TMPDIR',
  'TZ',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
] as const;

/** @param variables the environment of this process. */
export function programEnvironment(variables: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const env: Record<string, string> = { LC_ALL: 'C' };
  for (const name of passed) {
    const value = variables[name];
    if (value !== undefined && value !== '') env[name] = value;
  }
  return env;
}
