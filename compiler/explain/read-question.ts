import { ObjectQLError } from '../../runtime-lite/problem/problem.ts'
import { type Question, QuestionError, type QuestionText } from './question.ts'
import type { QuestionRequest } from './question-request.ts'
import { documentText, readDocument } from './read-document.ts'
import { namedQueryOf, readNamedQuery } from './read-named-query.ts'
import { decodedTarget, readUrl } from './read-url.ts'

export interface Asked {
  readonly question: Question
  readonly text: QuestionText
}

/**
 * Reads a query: a URL (`ticket?$filter=…`, with or without `/api/`), a JSON document, or the name of a named query (`ticket.open_of_owner`).
 * @throws QuestionError with the place.
 */
export function readQuestion(request: QuestionRequest): Asked {
  const text = request.text.trim()
  if (text.startsWith('{')) {
    const place = documentText(text)
    return { question: refusing(place, () => readDocument(text, request)), text: place }
  }
  const target = decodedTarget(text, request)
  const place = target.text
  return {
    text: place,
    question: refusing(place, () => {
      const named = namedQueryOf(target, request.app)
      return named ? readNamedQuery(named, target, request.limits) : readUrl(target, request)
    }),
  }
}

/** Runs what may refuse a query; refusals get their place in the text. */
export function refusing<Result>(place: QuestionText, work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    throw error instanceof ObjectQLError ? new QuestionError(problemOf(error, place)) : error
  }
}

export function problemOf({ code, message, errors }: ObjectQLError, { text, offsetOf }: QuestionText): QuestionError['problem'] {
  const entry = errors?.[0]
  if (!entry || !('parameter' in entry)) return { code, message, text }
  const { parameter, position } = entry
  const offset = offsetOf(parameter, position)
  return {
    code,
    message,
    parameter,
    ...(position === undefined ? {} : { position }),
    text,
    ...(offset === undefined ? {} : { offset }),
  }
}
