import { EMPTY_QUERY } from '../../runtime-lite/query/empty-query.ts'
import { decodeLiteral, scanUrl } from '../../runtime-lite/query/parse/scan-url.ts'
import { parseUrlQuery } from '../../runtime-lite/query/parse/url-query.ts'
import type { Question, QuestionText } from './question.ts'
import { objectNamed, type QuestionRequest } from './question-request.ts'
import { documentText } from './read-document.ts'

/** The parts of a request target, with the offsets of their decoded text. */
export interface Target {
  /** Below the base path, decoded. */
  readonly path: readonly string[]
  /** The query string as a client sends it. */
  readonly search: string
  readonly text: QuestionText
}

/**
 * Reads what people paste: with a host or without, with `/api/` or without, with blanks and quotes that a shell or a browser would have encoded.
 */
export function decodedTarget(written: string, { basePath }: Pick<QuestionRequest, 'basePath'>): Target {
  const withoutHost = written.replace(/^https?:\/\/[^/?]*/i, '')
  const question = withoutHost.indexOf('?')
  const rawPath = question < 0 ? withoutHost : withoutHost.slice(0, question)
  const search = question < 0 ? '' : encoded(withoutHost.slice(question + 1))
  const slashed = `/${rawPath.replace(/^\//, '')}`
  const below = slashed.startsWith(`${basePath}/`) ? slashed.slice(basePath.length) : slashed
  const path = below
    .split('/')
    .filter((part) => part !== '')
    .map(decodedPart)
  return { path, search, text: targetText(path.join('/'), search) }
}

/** A list, `…/count`, or one record. */
export function readUrl({ path, search, text }: Target, { app, limits }: QuestionRequest): Question {
  const [name = '', second] = path
  const object = objectNamed(name, app, text.text, 0).name
  const scanned = scanUrl(search, 0)
  const { query, extraValues } = search === '' ? { query: EMPTY_QUERY, extraValues: [] } : parseUrlQuery(scanned, limits)
  const values = [...scanned.literals.map((literal) => decodeLiteral(literal, 'query')), ...extraValues]
  if (second === undefined) return { object, operation: 'list', query, values }
  return second === 'count' ? { object, operation: 'count', query, values } : { object, operation: 'get', query, values, id: second }
}

/** Percent-encodes what cannot stand in a request as it is. */
const encoded = (search: string): string =>
  search.replaceAll(/%(?![\da-f]{2})/gi, '%25').replaceAll(/[^!-~]|[#"<>`\\^{|}]/gu, (char) => encodeURIComponent(char))

function decodedPart(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/** `name=value` as clients mean it: blanks for plus signs. */
const decodedPiece = (piece: string): string => decodedPart(piece.replaceAll('+', ' '))

function targetText(path: string, search: string): QuestionText {
  let text = search === '' ? path : `${path}?`
  const pieces = new Map<string, { readonly name: number; readonly value: number; readonly written: string }>()
  for (const [index, piece] of (search === '' ? [] : search.split('&')).entries()) {
    if (index > 0) text += '&'
    const equals = piece.indexOf('=')
    const name = decodedPiece(equals < 0 ? piece : piece.slice(0, equals))
    const written = equals < 0 ? '' : decodedPiece(piece.slice(equals + 1))
    const at = text.length
    text += equals < 0 ? name : `${name}=${written}`
    if (!pieces.has(name)) pieces.set(name, { name: at, value: at + name.length + 1, written })
  }
  return {
    text,
    offsetOf(parameter, position) {
      const piece = pieces.get(parameter)
      if (piece) return position === undefined ? piece.name : piece.value + position
      // `field[operator]` is called by its field, places in JSON by the keys that lead there.
      for (const [name, { name: at, value, written }] of pieces) {
        if (name.startsWith(`${parameter}[`)) return at
        if (!parameter.startsWith(`${name}.`) && !parameter.startsWith(`${name}[`)) continue
        return documentText(written, value, name).offsetOf(parameter, position) ?? at
      }
      return undefined
    },
  }
}
