import type { Json } from '../../source/json.ts'
import { jsonText, type Layout, member, objectText } from './json-text.ts'

export type JsonMap = { readonly [key: string]: Json }

type Section = 'schemas' | 'responses' | 'parameters' | 'headers' | 'examples' | 'requestBodies'

/** What several places of the document share. Only what is referred to gets in; each is made, and printed, once. */
export interface Components {
  /** A reference to a component, which `make` builds the first time. */
  use(section: Section, name: string, make: () => JsonMap): { readonly $ref: string }
  /** Sections and components sorted by name. */
  print(pad: string): string
}

/** A line for each property: a change of one field is a change of a few lines. */
const SCHEMA: Layout = { each: 'line', keys: { properties: { each: 'line' } } }

const DEPTH = '      '

export function createComponents(): Components {
  const sections = new Map<Section, Map<string, string>>()
  return {
    use(section, name, make) {
      const byName = sections.get(section) ?? new Map<string, string>()
      sections.set(section, byName)
      if (!byName.has(name)) {
        // Claimed before it is made: schemas of records refer to each other in circles.
        byName.set(name, '')
        // Kept as text: a thousand objects as trees cost the garbage collector more than printing them.
        byName.set(name, jsonText(make(), section === 'schemas' ? SCHEMA : 'line', DEPTH))
      }
      return { $ref: `#/components/${section}/${name}` }
    },
    print(pad) {
      const printed = [...sections].sort(byKey).map(([section, byName]) => {
        const members = [...byName].sort(byKey).map(([name, text]) => member(name, text, DEPTH))
        return member(section, objectText(members, `${pad}  `), `${pad}  `)
      })
      return objectText(printed, pad)
    },
  }
}

const byKey = ([left]: readonly [string, unknown], [right]: readonly [string, unknown]): number => (left < right ? -1 : 1)
