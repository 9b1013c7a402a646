// A commit as `git fast-import` reads it.

/** New text, a symbolic link, a submodule at a commit, or null for a removal. */
export type FileChange = string | { readonly link: string } | { readonly submodule: string } | null;

export interface StreamedCommit {
  readonly files: Readonly<Record<string, FileChange>>;
  readonly message: string;
  /** `Name <address>`. */
  readonly author: string;
  readonly branch: string;
  readonly parent: string | null;
  /** Seconds since 1970. */
  readonly at: number;
}

export function stream({ files, message, author, branch, parent, at }: StreamedCommit): string {
  return [
    `commit refs/heads/${branch}\n`,
    `author ${author} ${at} +0000\ncommitter ${author} ${at} +0000\n${data(message)}`,
    ...(parent === null ? [] : [`from ${parent}\n`]),
    ...Object.entries(files).map(([path, change]) => line(JSON.stringify(path), change)),
    '\n',
  ].join('');
}

function line(path: string, change: FileChange): string {
  if (change === null) return `D ${path}\n`;
  if (typeof change === 'string') return `M 100644 inline ${path}\n${data(change)}`;
  if ('link' in change) return `M 120000 inline ${path}\n${data(change.link)}`;
  return `M 160000 ${change.submodule} ${path}\n`;
}

function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}\n`;
}
