import type { SlotValue } from '../ast.ts'

/**
 * A location as JSON text of `{ latitude, longitude }`; undefined when it is none. Accepted: `POINT(longitude latitude)` (WKT, also inside
 * `geography'SRID=4326;…'`), `latitude,longitude`, that object as JSON, and a list [longitude, latitude] as GeoJSON has it.
 */
export function locationJson(value: SlotValue, text: (value: SlotValue) => string): string | undefined {
  if (typeof value === 'object') return value.length === 2 ? point(value[1], value[0]) : undefined
  const written = unwrapped(text(value))
  const wkt = /^(?:SRID=\d+;)?\s*POINT\s*\(\s*(\S+)\s+(\S+)\s*\)$/i.exec(written)
  if (wkt) return point(wkt[2], wkt[1])
  const pair = /^([^,{}]+),([^,{}]+)$/.exec(written)
  if (pair) return point(pair[1], pair[2])
  const parsed = jsonOf(written)
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return undefined
  const { latitude, longitude } = parsed as { readonly latitude?: unknown; readonly longitude?: unknown }
  return point(latitude, longitude)
}

/** A vector as JSON text of its numbers; undefined when it is none. Accepted: a list, JSON text of one, or numbers with commas between. */
export function vectorJson(value: SlotValue, text: (value: SlotValue) => string): string | undefined {
  const written = typeof value === 'object' ? '' : text(value).trim()
  const items: unknown = typeof value === 'object' ? value : jsonOf(written.startsWith('[') ? written : `[${written}]`)
  if (!Array.isArray(items) || items.length === 0) return undefined
  return items.every((item) => typeof item === 'number' && Number.isFinite(item)) ? JSON.stringify(items) : undefined
}

function point(latitude: unknown, longitude: unknown): string | undefined {
  const north = degrees(latitude, 90)
  const east = degrees(longitude, 180)
  return north === undefined || east === undefined ? undefined : JSON.stringify({ latitude: north, longitude: east })
}

function degrees(value: unknown, max: number): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && Math.abs(number) <= max ? number : undefined
}

/** `geography'…'` as OData writes it, or the text itself. */
const unwrapped = (text: string): string => /^(?:geography|geometry)'(.*)'$/i.exec(text)?.[1] ?? text.trim()

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
