import type { Json } from '../source/json.ts'

export type SchemaObject = { readonly [keyword: string]: Json }

/** What a schema says for its readers: a description with default and limits in words, and whether it is on its way out. */
export function annotationsOf(schema: SchemaObject): SchemaObject {
  const { title, description, deprecated, nullable } = schema
  const words = textOf(description) || textOf(title)
  const text = [words, limitsOf(schema).join(', ')].map(sentence).filter(Boolean).join(' ')
  return {
    ...(text === '' ? {} : { description: text }),
    ...(deprecated === true ? { deprecated } : {}),
    ...(nullable === true ? { nullable } : {}),
  }
}

const textOf = (value: Json | undefined): string => (typeof value === 'string' ? value.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim() : '')

function sentence(text: string): string {
  const capital = text.slice(0, 1).toUpperCase() + text.slice(1)
  return text === '' || /[.!?。！？…]$/.test(text) ? capital : `${capital}.`
}

function limitsOf({ default: value, ...schema }: SchemaObject): readonly string[] {
  return [
    ...range(schema['minimum'], schema['maximum'], ''),
    ...range(schema['minLength'], schema['maxLength'], ' characters'),
    ...range(schema['minItems'], schema['maxItems'], ' items'),
    ...(value === undefined ? [] : [`default ${textOf(JSON.stringify(value))}`]),
  ]
}

function range(least: Json | undefined, most: Json | undefined, unit: string): readonly string[] {
  if (typeof least === 'number' && typeof most === 'number') return [`${least} to ${most}${unit}`]
  if (typeof least === 'number') return [`at least ${least}${unit}`]
  return typeof most === 'number' ? [`at most ${most}${unit}`] : []
}
