import { queryError } from '../../problem/problem.ts'

/** Whether a text is meant as a list or an object of JSON. No expression and no name list begins like that. */
export const isJsonText = (text: string): boolean => text.startsWith('{') || text.startsWith('[')

/** @throws ObjectQLError 400 INVALID_QUERY with the reason. */
export function parseJson(text: string, parameter: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const reason = error instanceof SyntaxError ? error.message.slice(0, 120) : 'unreadable'
    throw queryError('INVALID_QUERY', parameter, `"${parameter}" is not valid JSON: ${reason}.`)
  }
}
