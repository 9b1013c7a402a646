// Plain text in aligned columns, for attached files. Pure.

/** Rows under a heading, as kubectl prints them; a cell is kept to one line. */
export function columns(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [heading, ...rows.map((row) => row.map((cell) => cell.replace(/\s+/gu, ' ').trim() || '-'))];
  const widths = heading.map((_, index) => all.reduce((most, row) => Math.max(most, row[index]?.length ?? 0), 0));
  return all
    .map((row) =>
      row
        .map((cell, index) => cell.padEnd(widths[index] ?? 0))
        .join('   ')
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('');
}
