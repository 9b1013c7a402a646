// Runs git through simple-git: with our environment alone, a limit on time and output, and no way for a run to outlive its signal.
import { GitConstructError, type SimpleGit, type SimpleGitOptions, simpleGit } from 'simple-git';

export interface Run {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  /** Given on standard input. */
  readonly input?: string | Uint8Array;
  /** Bytes of standard output; 16 MiB by default. */
  readonly mostOutput?: number;
}

/** @param args without `git`; values from outside come after `--` or on standard input. */
export type Git = (args: readonly string[], run: Run) => Promise<Buffer>;

/** git ended with something else than 0, or was ended. What it said is bounded and holds no secret. */
export class GitFailure extends Error {
  override readonly name = 'GitFailure';
  readonly kind: 'failed' | 'timeout' | 'too much';
  /** Null where a signal ended it. */
  readonly exitCode: number | null;
  readonly stderr: string;
  readonly stdout: string;

  constructor(
    kind: GitFailure['kind'],
    said: { command: string; exitCode: number | null; stderr: string; stdout: string },
  ) {
    super(
      `git ${said.command}: ${kind === 'failed' ? said.stderr.slice(0, 500) || `exit code ${said.exitCode}` : kind}`,
    );
    this.kind = kind;
    this.exitCode = said.exitCode;
    this.stderr = said.stderr;
    this.stdout = said.stdout;
  }
}

export interface GitOptions {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly clean: (text: string) => string;
}

/** What simple-git would otherwise refuse: all of it is set by environment.ts, to make git safer than its default. */
const unsafe = {
  allowUnsafeConfigEnvCount: true,
  allowUnsafeConfigPaths: true,
  allowUnsafeHooksPath: true,
  allowUnsafeSshCommand: true,
  allowUnsafeAskPass: true,
  allowUnsafeFsMonitor: true,
};

/** Of what it said, for messages and the log. */
const mostSaid = 16 * 1024;
/** A server that writes on and on is cut off. */
const mostErrors = 4 * 2 ** 20;

/** Rejects with the reason of an aborted signal, else with a `GitFailure`. */
export function createGit({ folder, env, clean }: GitOptions): Git {
  return async (args, { signal, timeoutMs, input, mostOutput = 16 * 2 ** 20 }) => {
    signal.throwIfAborted();
    const ending = new AbortController();
    const timeout = AbortSignal.timeout(timeoutMs);
    const abort = AbortSignal.any([signal, timeout, ending.signal]);
    const out: Buffer[] = [];
    let bytes = 0;
    let errorBytes = 0;
    let exit: { code: number | null; stderr: string } | null = null;
    const git = open({
      baseDir: folder,
      abort,
      // A quiet end is an end: all output has been read by then.
      completion: { onClose: true, onExit: false },
      allowEnvironment: [...Object.keys(env), 'GIT_DIR'],
      unsafe,
      ...(input === undefined ? {} : { input: () => Buffer.from(input) }),
      errors(error, { exitCode, stdErr }) {
        const stderr = clean(Buffer.concat(stdErr).subarray(0, mostSaid).toString('utf8'));
        exit = { code: exitCode, stderr };
        return error instanceof Error || exitCode !== 0 ? new Error('git failed', { cause: error }) : undefined;
      },
    });
    // Named, so that a folder that is no repository never makes git look for one above it.
    git.env({ ...env, GIT_DIR: folder });
    git.outputHandler((_command, stdout, stderr) => {
      stdout.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > mostOutput) ending.abort();
        else out.push(chunk);
      });
      stderr.on('data', (chunk: Buffer) => {
        errorBytes += chunk.length;
        if (errorBytes > mostErrors) ending.abort();
      });
      // A helper that git leaves behind may hold the pipes open; nobody reads them any more.
      abort.addEventListener(
        'abort',
        () => {
          for (const stream of [stdout, stderr]) {
            if ('destroy' in stream && typeof stream.destroy === 'function') stream.destroy();
          }
        },
        { once: true },
      );
    });
    try {
      await git.raw([...args]);
      return Buffer.concat(out);
    } catch (error) {
      signal.throwIfAborted();
      const { code, stderr } = exit ?? { code: null, stderr: clean(String(error)) };
      const kind = timeout.aborted ? 'timeout' : ending.signal.aborted ? 'too much' : 'failed';
      const stdout = clean(Buffer.concat(out).subarray(0, mostSaid).toString('utf8'));
      throw new GitFailure(kind, { command: args[0] ?? '', exitCode: code, stderr, stdout });
    }
  };
}

/** simple-git wants the folder to be there; a clone that is gone is told as git itself would. */
function open(options: Partial<SimpleGitOptions>): SimpleGit {
  try {
    return simpleGit(options);
  } catch (error) {
    if (!(error instanceof GitConstructError)) throw error;
    throw new GitFailure('failed', { command: '', exitCode: null, stderr: 'not a git repository', stdout: '' });
  }
}
