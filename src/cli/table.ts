/** Rows as lines with their columns below each other, two blanks apart. Columns are as wide as what is in them. */
export function table(
  rows: readonly (readonly string[])[],
  align: readonly ('left' | 'right')[] = [],
): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map(row => row[column]!.length)))
  const cell = (text: string, column: number) =>
    align[column] === 'right' ? text.padStart(widths[column]!) : text.padEnd(widths[column]!)
  return rows.map(row => `  ${row.map(cell).join('  ')}`.trimEnd())
}
