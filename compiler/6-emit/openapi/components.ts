import type { Json } from '../../source/json.ts'

export type JsonMap = { readonly [key: string]: Json }

type Section = 'schemas' | 'responses' | 'parameters' | 'headers' | 'examples'

/** What several places of the document share. Only what is referred to gets in; each is made once. */
export interface Components {
  /** A reference to a component, which `make` builds the first time. */
  use(section: Section, name: string, make: () => JsonMap): { readonly $ref: string }
  /** Sections and components sorted by name. */
  toJson(): JsonMap
}

export function createComponents(): Components {
  const sections = new Map<Section, Map<string, JsonMap>>()
  return {
    use(section, name, make) {
      const byName = sections.get(section) ?? new Map<string, JsonMap>()
      sections.set(section, byName)
      if (!byName.has(name)) {
        // Held free first: schemas of records refer to each other in circles.
        byName.set(name, {})
        byName.set(name, make())
      }
      return { $ref: `#/components/${section}/${name}` }
    },
    toJson: () =>
      Object.fromEntries([...sections].sort(byKey).map(([section, byName]) => [section, Object.fromEntries([...byName].sort(byKey))])),
  }
}

const byKey = ([left]: readonly [string, unknown], [right]: readonly [string, unknown]): number => (left < right ? -1 : 1)
