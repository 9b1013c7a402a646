// Runs kubectl with the reader's kubeconfig, for questions alone.
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Said {
  readonly ok: boolean;
  readonly stdout: string;
  /** The last line of its complaint, bounded. */
  readonly complaint: string;
}

export interface Kubectl {
  /** @param input fed to its standard input. */
  run(args: readonly string[], input?: string): Promise<Said>;
  /** Removes what it cached. */
  end(): Promise<void>;
}

const limitMs = 30_000;

/**
 * @param path PATH on which kubectl is.
 * @param kubeconfig its absolute path.
 */
export async function openKubectl(path: string, kubeconfig: string): Promise<Kubectl> {
  const cache = await mkdtemp(join(tmpdir(), 'homelab-bot-kubectl-'));
  // The rest of the environment is for programs that the kubeconfig may name to sign in.
  const env = { ...process.env, PATH: path, KUBECACHEDIR: cache };
  return {
    run: (args, input = '') =>
      new Promise((resolve) => {
        const child = spawn('kubectl', [`--kubeconfig=${kubeconfig}`, '--request-timeout=10s', ...args], {
          env,
          stdio: ['pipe', 'pipe', 'pipe'],
          timeout: limitMs,
        });
        let stdout = '';
        let stderr = '';
        child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
        child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
        child.once('error', (error) => resolve({ ok: false, stdout, complaint: error.message }));
        child.once('close', (code) => resolve({ ok: code === 0, stdout, complaint: lastLine(stderr) }));
        // One that ends before it has read everything is told by its code.
        child.stdin.on('error', () => undefined).end(input);
      }),
    end: () => rm(cache, { recursive: true, force: true }),
  };
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.slice(0, 300) ?? '';
}
