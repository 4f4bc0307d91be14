import { crc32 } from 'node:zlib'
import type { Rows } from './store.ts'

type Shape = readonly (readonly (readonly [number] | number | null)[])[]

/** Rows as text: a checksum, the shape of the rows with the lengths of their texts, and the texts, which so need no escaping. Undefined for bytes. */
export function rowsText(rows: Rows): string | undefined {
  const texts: string[] = []
  const shape: (readonly [number] | number | null)[][] = []
  for (const row of rows) {
    const cells: (readonly [number] | number | null)[] = []
    for (const cell of row) {
      if (typeof cell === 'string') {
        texts.push(cell)
        cells.push([cell.length])
      } else if (cell === null || (typeof cell === 'number' && Number.isFinite(cell) && !Object.is(cell, -0))) cells.push(cell)
      else return undefined
    }
    shape.push(cells)
  }
  return sealed(`${JSON.stringify(shape)}\n${texts.join('')}`)
}

/** Undefined for anything that `rowsText` did not make. */
export function readRowsText(text: string): Rows | undefined {
  const body = unsealed(text)
  if (body === undefined) return undefined
  const end = body.indexOf('\n')
  const shape = JSON.parse(body.slice(0, end)) as Shape
  let at = end + 1
  return shape.map((row) =>
    row.map((cell) => {
      if (!Array.isArray(cell)) return cell
      const from = at
      at += cell[0] as number
      return body.slice(from, at)
    }),
  )
}

/** With a checksum before it. */
export const sealed = (body: string): string => `${crc32(body).toString(36)}:${body}`

/** Undefined where the checksum is wrong. */
export function unsealed(text: string): string | undefined {
  const end = text.indexOf(':')
  const body = text.slice(end + 1)
  return end > 0 && crc32(body).toString(36) === text.slice(0, end) ? body : undefined
}
