// One commit that changes one file, made without an index or a work tree, and placed at the head of the branch.
import type { Clone } from './clone.ts';
import { isCommit } from './commit-message.ts';
import { GitFailure } from './git.ts';

export interface CommitOptions {
  readonly parent: string;
  readonly path: string;
  readonly executable: boolean;
  readonly text: string;
  readonly message: string;
  readonly author: { readonly name: string; readonly email: string };
  readonly at: Date;
}

/** @returns its id. Nothing but the clone's own ref `refs/bot/work` is changed. */
export async function makeCommit(clone: Clone, options: CommitOptions, signal: AbortSignal): Promise<string> {
  const { parent, path, executable, text, message, author, at } = options;
  const ident = `${person(author.name)} <${person(author.email)}> ${Math.floor(at.getTime() / 1000)} +0000`;
  const input = [
    'feature done\ncommit refs/bot/work\nmark :1\n',
    `author ${ident}\ncommitter ${ident}\n${data(message)}`,
    `from ${parent}\nM ${executable ? '100755' : '100644'} inline ${quoted(path)}\n${data(text)}`,
    'get-mark :1\ndone\n',
  ].join('');
  // Writes blob, trees and commit in one process; no hook, filter or attribute has a part in it.
  const output = await clone.run(['fast-import', '--quiet', '--force', '--date-format=raw'], { signal, input });
  const commit = output.toString('utf8').trim();
  if (isCommit(commit)) return commit;
  throw new GitFailure('failed', { command: 'fast-import', exitCode: 0, stderr: 'no commit was made', stdout: '' });
}

function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}\n`;
}

/** As fast-import reads a path in C's spelling. */
function quoted(path: string): string {
  return `"${path.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}

function person(text: string): string {
  return text.replace(/[<>\p{Cc}]+/gu, ' ').trim();
}
