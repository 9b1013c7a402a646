// Runs a JavaScript tool of node_modules with this Node, and keeps quiet unless it fails.
import { spawn } from 'node:child_process';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '..', '..');

/** `file` is a path inside node_modules; it runs in the repository unless `cwd` says otherwise. */
export async function runTool(
  file: string,
  args: readonly string[],
  cwd = root,
): Promise<{ ok: boolean; seconds: number; output: string }> {
  const started = performance.now();
  const child = spawn(process.execPath, [join(root, 'node_modules', file), ...args], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
  const ok = await new Promise<boolean>((resolve) => {
    child.once('error', (error) => {
      output += `${error.message}\n`;
      resolve(false);
    });
    child.once('close', (code) => resolve(code === 0));
  });
  return { ok, seconds: (performance.now() - started) / 1000, output };
}
