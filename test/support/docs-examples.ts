import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { type CurlCall, parseCurl } from './curl.ts'
import { type Answer, answerOf } from './running-app.ts'

/** The text of a page of docs/. */
export const docsPage = (name: string): string => readFileSync(join(import.meta.dirname, '..', '..', 'docs', name), 'utf8')

export interface Example {
  readonly line: number
  readonly calls: readonly CurlCall[]
  /** What each of the calls must answer; the form of the last one is compared. */
  readonly expected: string | undefined
  readonly isHttp: boolean
}

/** Commands of neighbouring blocks belong to the answer that follows them. */
export function examplesOf(text: string): readonly Example[] {
  const found: Example[] = []
  for (const match of text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)) {
    const [, language = '', body = ''] = match
    const line = text.slice(0, match.index).split('\n').length
    if (language === 'sh') found.push({ line, calls: parseCurl(body), expected: undefined, isHttp: false })
    else {
      const last = found.pop()
      if (last === undefined || last.expected !== undefined) throw new Error(`Line ${line}: an answer without a call.`)
      found.push({ ...last, expected: body, isHttp: language === 'http' })
    }
  }
  return found
}

/** Makes the calls of a page to a server, one after the other, since a page tells a story, and compares what it answers. */
export async function runExamples(examples: readonly Example[], port: number): Promise<void> {
  let waiting: Answer[] = []
  for (const { line, calls, expected, isHttp } of examples) {
    for (const call of calls) {
      const answer = await send(call, port)
      expect(answer.status, `line ${line}: ${call.url} ${answer.text}`).not.toBe(500)
      waiting.push(answer)
    }
    if (expected === undefined) continue
    const wanted = isHttp ? parseHttp(expected) : { json: JSON.parse(expected) as unknown }
    // A block of its own without an answer is another spelling of the same call.
    const compared = isHttp ? waiting.slice(-1) : waiting
    for (const answer of compared) compareAnswer(answer, wanted, line)
    waiting = []
  }
}

const send = async ({ method, url, headers, body }: CurlCall, port: number): Promise<Answer> =>
  answerOf(await fetch(url.replace('localhost:3000', `127.0.0.1:${port}`), { method, headers, ...(body === undefined ? {} : { body }) }))

interface Wanted {
  readonly status?: number
  readonly headers?: readonly (readonly [string, string])[]
  readonly json: unknown
}

function parseHttp(text: string): Wanted {
  const [head = '', ...rest] = text.split('\n\n')
  const [first = '', ...headers] = head.trim().split('\n')
  const body = rest.join('\n\n').trim()
  return {
    status: Number(/^HTTP\/1\.1 (\d{3}) /.exec(first)?.[1]),
    headers: headers.map((header) => [header.slice(0, header.indexOf(':')).toLowerCase(), header.slice(header.indexOf(':') + 1).trim()]),
    json: body === '' ? undefined : JSON.parse(body),
  }
}

function compareAnswer(answer: Answer, { status, headers = [], json }: Wanted, line: number): void {
  if (status !== undefined) expect(answer.status, `line ${line}: ${answer.text}`).toBe(status)
  else if ((json as { status?: number }).status === undefined) expect(answer.status, `line ${line}: ${answer.text}`).toBeLessThan(300)
  for (const [name, value] of headers) expect(answer.headers.get(name) ?? '', `line ${line}`).toMatch(pattern(value))
  if (json === undefined) expect(answer.text, `line ${line}`).toBe('')
  else compareJson(answer.json, json, `line ${line}`)
}

/** Everything the page shows is there; objects may have more, lists may not. */
function compareJson(actual: unknown, wanted: unknown, at: string): void {
  if (typeof wanted === 'string') expect(String(actual), at).toMatch(pattern(wanted))
  else if (Array.isArray(wanted)) {
    expect(actual, at).toHaveLength(wanted.length)
    for (const [index, item] of wanted.entries()) compareJson((actual as unknown[])[index], item, `${at}[${index}]`)
  } else if (typeof wanted === 'object' && wanted !== null) {
    for (const [key, item] of Object.entries(wanted)) {
      expect(actual, at).toHaveProperty([key])
      compareJson((actual as Record<string, unknown>)[key], item, `${at}.${key}`)
    }
  } else expect(actual, at).toBe(wanted)
}

const pattern = (text: string): RegExp =>
  new RegExp(
    `^${text
      .split('…')
      .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('.+')}$`,
  )
