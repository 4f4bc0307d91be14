import type { Row } from '../row.ts'

/** An aligned table: name, value, target, stretch, and whether they were reached. */
export function printTable(rows: readonly Row[]): string {
  const header = ['', 'value', 'target', 'stretch', '', 'note']
  const lines = rows.map((row) => {
    const sign = row.better === 'more' ? '≥ ' : '≤ '
    const bound = (limit: number | undefined): string => (limit === undefined ? '' : sign + formatNumber(limit))
    return [row.name, `${formatNumber(row.value)} ${row.unit}`, bound(row.target), bound(row.stretch), verdict(row), row.note ?? '']
  })
  const widths = header.map((title, column) => Math.max(title.length, ...lines.map((line) => line[column]?.length ?? 0)))
  const isRight = (column: number): boolean => column >= 1 && column <= 3
  const format = (line: readonly string[]): string =>
    line
      .map((cell, column) => (isRight(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd()
  return [header, ...lines].map(format).join('\n')
}

/** Enough digits to compare, none that are noise. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return '–'
  if (value === 0) return '0'
  const size = Math.abs(value)
  if (size >= 1000) return Math.round(value).toLocaleString('en-US')
  return size >= 100 ? value.toFixed(0) : size >= 10 ? value.toFixed(1) : size >= 0.1 ? value.toFixed(2) : value.toPrecision(2)
}

function verdict({ value, target, stretch, better }: Row): string {
  const reaches = (limit: number): boolean => (better === 'more' ? value >= limit : value <= limit)
  if (stretch !== undefined && reaches(stretch)) return 'stretch'
  if (target === undefined) return ''
  return reaches(target) ? 'ok' : 'MISSED'
}
