// The fenced code blocks of Markdown files.

export interface Block {
  readonly file: string;
  /** Of its opening fence, from 1. */
  readonly line: number;
  /** The first word behind the fence; empty where there is none. */
  readonly language: string;
  /** Without the indentation of its fence. */
  readonly text: string;
}

/** @throws Error where a fence is never closed. */
export function blocksIn(file: string, markdown: string): readonly Block[] {
  const blocks: Block[] = [];
  let open: { readonly block: Omit<Block, 'text'>; readonly fence: string; readonly indent: number } | null = null;
  let lines: string[] = [];
  for (const [index, line] of markdown.split('\n').entries()) {
    const [, indent = '', fence = '', info = ''] = /^( *(?:\d+\. +)?)(`{3,}|~{3,})(.*)$/.exec(line) ?? [];
    if (open !== null && fence.startsWith(open.fence) && info.trim() === '') {
      blocks.push({ ...open.block, text: lines.join('\n') });
      open = null;
    } else if (open !== null) {
      lines.push(line.slice(0, open.indent).trim() === '' ? line.slice(open.indent) : line);
    } else if (fence !== '') {
      const language = info.trim().split(/\s+/)[0] ?? '';
      open = { block: { file, line: index + 1, language }, fence, indent: indent.length };
      lines = [];
    }
  }
  if (open !== null) throw new Error(`${file}:${open.block.line}: this block is never closed`);
  return blocks;
}
