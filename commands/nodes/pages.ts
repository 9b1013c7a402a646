// Groups of lines → pages that Discord shows whole. Pure.
import type { Line, Run } from '../../src/message.ts';

/** Characters of text on one page: what is escaped grows, and an embed takes some 3200 beside its notes. */
const pageLength = 1800;
const pageGroups = 8;

/** In order; a group is never parted, and has an empty line before it. At least one page. */
export function paginate(groups: readonly (readonly Line[])[], gap: 'gap' | 'no gap' = 'gap'): Line[][] {
  const pages: Line[][] = [];
  let page: Line[] = [];
  let room = pageLength;
  let count = 0;
  const most = gap === 'gap' ? pageGroups : 2 * pageGroups;
  for (const group of groups) {
    const length = group.reduce((sum, line) => sum + lineLength(line) + 1, 0);
    if (page.length > 0 && (length > room || count >= most)) {
      pages.push(page);
      page = [];
      room = pageLength;
      count = 0;
    }
    if (page.length > 0 && gap === 'gap') page.push('');
    page.push(...group);
    room -= length;
    count += 1;
  }
  return [...pages, page];
}

export function lineLength(line: Line): number {
  return runs(line).reduce((sum, run) => sum + runLength(run), 0);
}

function runs(line: Line): readonly Run[] {
  return typeof line === 'object' && 'length' in line ? line : [line];
}

function runLength(run: Run): number {
  if (typeof run === 'string') return run.length;
  if ('bold' in run) return run.bold.length + 4;
  if ('code' in run) return run.code.length + 2;
  if ('link' in run) return run.link.length + run.url.length + 4;
  return 25;
}
