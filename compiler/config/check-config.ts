import { diagnose } from '../diagnostics/diagnose.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { didYouMean } from '../diagnostics/suggest.ts'
import type { Span } from '../source/span.ts'
import { configShape, type Shape } from './config-shape.ts'

/** Keys from the top of the configuration down to one value. */
export type ConfigPath = readonly string[]

/** Where a setting stands in the file: its key or its value. */
export type LocateSetting = (path: ConfigPath, part: 'key' | 'value') => Span

/** Everything wrong with a configuration: unknown keys and values of the wrong type, each with its place. */
export function checkConfig(value: unknown, locate: LocateSetting): readonly Diagnostic[] {
  const found: Diagnostic[] = []
  checkValue({ value, shape: configShape, path: [], locate, found })
  return found
}

interface Visit {
  readonly value: unknown
  readonly shape: Shape
  readonly path: ConfigPath
  readonly locate: LocateSetting
  readonly found: Diagnostic[]
}

function checkValue(visit: Visit): void {
  const { value, shape, path, locate, found } = visit
  // An explicit `undefined` is how a config with conditions leaves a setting out.
  if (value === undefined) return
  if (!fits(value, shape)) {
    const name = path.length === 0 ? 'configuration' : path.join('.')
    found.push(diagnose('config/wrong-type', locate(path, 'value'), { key: name, expected: shape.expected, actual: describe(value) }))
    return
  }
  if (shape.kind !== 'object') return
  for (const [key, inner] of Object.entries(value as object)) {
    const innerShape = Object.hasOwn(shape.keys, key) ? shape.keys[key] : undefined
    if (innerShape === undefined) found.push(unknownKey([...path, key], shape.keys, locate))
    else checkValue({ value: inner, shape: innerShape, path: [...path, key], locate, found })
  }
}

function unknownKey(path: ConfigPath, keys: object, locate: LocateSetting): Diagnostic {
  const span = locate(path, 'key')
  const name = path.at(-1) ?? ''
  return diagnose('config/unknown-key', span, { key: path.join('.') }, didYouMean({ name, candidates: Object.keys(keys), span }))
}

function fits(value: unknown, shape: Shape): boolean {
  switch (shape.kind) {
    case 'text':
      return typeof value === 'string' && (shape.pattern?.test(value) ?? true)
    case 'texts':
      return (
        Array.isArray(value) && value.every((item) => typeof item === 'string' && item !== '' && (shape.choices?.includes(item) ?? true))
      )
    case 'choice':
      return typeof value === 'string' && shape.choices.includes(value)
    case 'flag':
      return typeof value === 'boolean'
    case 'count':
      return Number.isSafeInteger(value) && (value as number) >= shape.least
    case 'any-object':
    case 'object':
      return isPlainObject(value)
    default:
      return shape satisfies never
  }
}

const isPlainObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value)

function describe(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'function') return 'a function'
  return typeof value === 'object' ? 'an object' : JSON.stringify(value)
}
