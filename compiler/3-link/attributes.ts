import type { Attributes } from '../2-parse/syntax.ts'
import type { Json } from '../source/json.ts'
import type { Span } from '../source/span.ts'

/** Typed reading of attributes. A value of another type counts as absent: parsing has reported it. */

export function numberAttribute(attributes: Attributes, key: string): number | undefined {
  const value = attributes.get(key)?.value
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

export function textAttribute(attributes: Attributes, key: string): string | undefined {
  const value = attributes.get(key)?.value
  return typeof value === 'string' && value !== '' ? value : undefined
}

export const isFlagSet = (attributes: Attributes, key: string): boolean => attributes.get(key)?.value === true

/** A nested attribute: `member(attributes, 'enable', 'apiMethods')`. */
export function memberAttribute(attributes: Attributes, key: string, member: string): Json | undefined {
  const value = attributes.get(key)?.value
  return isJsonObject(value) && Object.hasOwn(value, member) ? value[member] : undefined
}

/** Texts of a list, or of a single text. */
export function textsAttribute(attributes: Attributes, key: string): readonly string[] {
  const value = attributes.get(key)?.value
  if (typeof value === 'string') return [value]
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
}

export const isJsonObject = (value: Json | undefined): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const spanOfAttribute = (attributes: Attributes, key: string, otherwise: Span): Span => attributes.get(key)?.span ?? otherwise
