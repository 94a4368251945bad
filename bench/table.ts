// Tables of Markdown, wide enough to be read as they are.

export interface Table {
  readonly title: string
  /** What a reader must know about it; a paragraph below the title. */
  readonly note?: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** Three digits that count, and no more. */
export function number(value: number): string {
  if (!Number.isFinite(value)) return '–'
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString('en')
  return String(Number(value.toPrecision(3)))
}

export const mebibytes = (bytes: number): string => number(bytes / 2 ** 20)

export function render({ title, note, columns, rows }: Table): string {
  const all = [columns, ...rows]
  const widths = columns.map((_, index) => Math.max(...all.map(row => row[index]?.length ?? 0)))
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join(' | ')} |`
  const rule = `|${widths.map((width, i) => (i === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`
  const text = [line(columns), rule, ...rows.map(line)].join('\n')
  return `### ${title}\n\n${note === undefined ? '' : `${note}\n\n`}${text}\n`
}
