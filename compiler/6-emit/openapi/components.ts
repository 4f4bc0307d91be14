import type { Json } from '../../source/json.ts'
import { longObjectText, member } from './json-text.ts'

export type JsonMap = { readonly [key: string]: Json }

export type Section = 'schemas' | 'responses' | 'parameters' | 'headers' | 'examples' | 'requestBodies'

export type Reference = { readonly $ref: string }

/** Builds a component that belongs to no object. May refer to others of its kind. */
export type MakeShared = (use: Components) => JsonMap

/**
 * What a piece of the document refers to. Components of an object are printed into the piece; of the others, which many pieces
 * share, it only says which it needs. So a piece depends on nothing but its object, and only what is referred to gets printed.
 */
export interface Components {
  /** A component of the piece's own object, as text. */
  own(section: Section, name: string, make: () => string): Reference
  shared(section: Section, name: string, make: MakeShared): Reference
  /** The record of an object, by the object's name and the component's. */
  record(objectName: string, name: string): Reference
  /** A name for something shared, clear of all objects' names. */
  readonly sharedName: (name: string) => string
}

/** What was referred to, and the text of what is the piece's own. */
export interface Piece extends Components {
  readonly texts: ReadonlyMap<string, string>
  readonly needs: ReadonlyMap<string, MakeShared>
  readonly records: ReadonlySet<string>
}

export function createPiece(sharedName: (name: string) => string): Piece {
  const texts = new Map<string, string>()
  const needs = new Map<string, MakeShared>()
  const records = new Set<string>()
  return {
    texts,
    needs,
    records,
    sharedName,
    own(section, name, make) {
      const key = `${section}/${name}`
      if (!texts.has(key)) texts.set(key, make())
      return reference(key)
    },
    shared(section, name, make) {
      const key = `${section}/${name}`
      needs.set(key, make)
      return reference(key)
    },
    record(objectName, name) {
      records.add(objectName)
      return reference(`schemas/${name}`)
    },
  }
}

const reference = (key: string): Reference => ({ $ref: `#/components/${key}` })

/** All components that the pieces hold and need, by section and name. */
export function printComponents(pieces: readonly Piece[], sharedName: (name: string) => string, pad: string): string {
  const texts = new Map<string, string>()
  const needs = new Map<string, MakeShared>()
  for (const piece of pieces) {
    for (const [key, text] of piece.texts) texts.set(key, text)
    for (const [key, make] of piece.needs) needs.set(key, make)
  }
  const collector = createPiece(sharedName)
  const waiting = [...needs]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [key, make] = next
    if (texts.has(key)) continue
    texts.set(key, JSON.stringify(make(collector)))
    waiting.push(...collector.needs)
  }
  return printSections(texts, pad)
}

function printSections(texts: ReadonlyMap<string, string>, pad: string): string {
  const membersBySection = new Map<string, string[]>()
  for (const key of [...texts.keys()].sort()) {
    const slash = key.indexOf('/')
    const section = key.slice(0, slash)
    const members = membersBySection.get(section) ?? []
    membersBySection.set(section, members)
    members.push(member(key.slice(slash + 1), texts.get(key) ?? '', `${pad}    `))
  }
  const sections = [...membersBySection].map(([section, members]) => member(section, longObjectText(members, `${pad}  `), `${pad}  `))
  return longObjectText(sections, pad)
}
