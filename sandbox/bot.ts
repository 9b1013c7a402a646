// Runs the unmodified bot as a process of its own, configured by the environment alone.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';

/** Flags of the production start; see `scripts/launch.mjs`. */
const flags = [
  '--heap-growing-percent=30',
  '--max-semi-space-size=4',
  '--no-lazy-feedback-allocation',
  '--disable-warning=ExperimentalWarning',
];

/** Likewise; see `scripts/launch.mjs`. */
const tuning = { MALLOC_MMAP_THRESHOLD_: '131072', MALLOC_ARENA_MAX: '1' };

/** `npm test` and `npm run e2e` name the bundle here: it is what runs in the homelab, and it starts in a third of the time. */
export const program = process.env['BOT_PROGRAM'] ?? fileURLToPath(new URL('../src/main.ts', import.meta.url));

export interface BotProcess {
  /** `http://127.0.0.1:<port>`; the same after a restart. */
  readonly url: string;
  readonly pid: number;
  /** Its environment but the HTTP address. */
  readonly env: Readonly<Record<string, string>>;
  /** Everything that it wrote so far, this start and earlier ones. */
  output(): string;
  /** What `/readyz` answers now; null while nothing answers. */
  ready(): Promise<Readiness | null>;
  /** Resolves once it takes webhooks, and Discord and the cluster are there as far as `what` asks. */
  whenReady(what?: Partial<Readiness>, timeoutMs?: number): Promise<void>;
  /** Ends it with this signal and waits for its end. */
  end(signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL'): Promise<{ code: number | null; signal: string | null }>;
  /** Starts it again after its end. */
  start(): void;
  /** Resolves when it ends by itself. */
  readonly ended: Promise<{ code: number | null; signal: string | null }>;
}

export interface Readiness {
  readonly status: string;
  readonly store: string;
  readonly discord: string;
  readonly cluster: string;
}

export interface BotOptions {
  /** Everything of the environment but the HTTP address. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Path of what Node runs; `program` unless told. */
  readonly entry?: string;
  readonly onOutput?: (text: string) => void;
}

/** A port that is free now; the bot keeps it over restarts. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('No free port on 127.0.0.1');
  return address.port;
}

export async function startBot(options: BotOptions): Promise<BotProcess> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  let output = '';
  let child: ChildProcess;
  let ended: Promise<{ code: number | null; signal: string | null }>;

  function start(): void {
    child = spawn(process.execPath, [...flags, options.entry ?? program], {
      cwd: options.cwd,
      env: { ...tuning, ...options.env, HTTP_HOST: '127.0.0.1', HTTP_PORT: String(port) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8');
      stream?.on('data', (text: string) => {
        output += text;
        options.onOutput?.(text);
      });
    }
    const running = child;
    ended = new Promise((resolve) => running.once('close', (code, signal) => resolve({ code, signal })));
  }

  async function ready(): Promise<Readiness | null> {
    try {
      const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(1000) });
      return (await response.json()) as Readiness;
    } catch {
      return null;
    }
  }

  start();
  return {
    url,
    get pid() {
      return child.pid ?? -1;
    },
    env: options.env,
    output: () => output,
    ready,
    async whenReady(what = { discord: 'ready' }, timeoutMs = 30_000) {
      const deadline = Date.now() + timeoutMs;
      let seen: Readiness | null = null;
      while (Date.now() < deadline) {
        if (child.exitCode !== null)
          throw new Error(`The bot ended with code ${child.exitCode}:\n${output.slice(-2000)}`);
        seen = await ready();
        const wanted = { status: 'ready', ...what };
        if (seen !== null && Object.entries(wanted).every(([key, value]) => seen?.[key as keyof Readiness] === value))
          return;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      throw new Error(`The bot did not become ready: ${JSON.stringify(seen)}\n${output.slice(-2000)}`);
    },
    async end(signal) {
      child.kill(signal);
      return ended;
    },
    start,
    get ended() {
      return ended;
    },
  };
}
