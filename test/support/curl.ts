/** What a curl command sends. */
export interface CurlCall {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

/** The curl commands of a shell script that has nothing else. @throws Error for anything that is not understood. */
export const parseCurl = (script: string): readonly CurlCall[] => commandsOf(script).map(callOf)

/** Words of each command, quotes and continued lines resolved as a shell does. */
function commandsOf(script: string): readonly (readonly string[])[] {
  const commands: string[][] = [[]]
  let word: string | undefined
  const end = (): void => {
    if (word !== undefined) commands.at(-1)?.push(word)
    word = undefined
  }
  for (let at = 0; at < script.length; at++) {
    const char = script[at] as string
    if (char === '\\') {
      at++
      if (script[at] !== '\n') word = (word ?? '') + script[at]
    } else if (char === "'") {
      const close = script.indexOf("'", at + 1)
      if (close < 0) throw new Error(`A quote is not closed: ${script}`)
      word = (word ?? '') + script.slice(at + 1, close)
      at = close
    } else if (char === '"') {
      word ??= ''
      for (at++; script[at] !== '"'; at++) {
        if (script[at] === '$') throw new Error(`A shell would put a variable here: ${script}`)
        if (script[at] === '\\' && '$"\\`'.includes(script[at + 1] ?? '')) at++
        word += script[at] ?? ''
      }
    } else if (char === '\n') {
      end()
      commands.push([])
    } else if (char === ' ') end()
    else if ('$&;|<>*?(){}[]#!'.includes(char)) throw new Error(`A shell gives "${char}" a meaning: ${script}`)
    else word = (word ?? '') + char
  }
  end()
  return commands.filter((words) => words.length > 0)
}

function callOf([command, ...words]: readonly string[]): CurlCall {
  if (command !== 'curl') throw new Error(`Not a curl command: ${command}`)
  const headers: Record<string, string> = {}
  const data: string[] = []
  let method: string | undefined
  let url: string | undefined
  let body: string | undefined
  let isGet = false
  const rest = [...words]
  const value = (option: string): string => rest.shift() ?? raise(`${option} needs a value`)
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '-G') isGet = true
    else if (word === '-X') method = value(word)
    else if (word === '-H') {
      const header = value(word)
      headers[header.slice(0, header.indexOf(':')).toLowerCase()] = header.slice(header.indexOf(':') + 1).trim()
    } else if (word === '-d') data.push(value(word))
    else if (word === '--data-urlencode') {
      const text = value(word)
      const equals = text.indexOf('=')
      data.push(`${text.slice(0, equals)}=${encodeURIComponent(text.slice(equals + 1))}`)
    } else if (word === '--json') {
      body = value(word)
      headers['content-type'] = 'application/json'
      headers['accept'] ??= 'application/json'
    } else if (!['-i', '-g', '-s'].includes(word)) {
      if (word.startsWith('-') || url !== undefined) raise(`"${word}" is not understood`)
      url = word
    }
  }
  if (url === undefined) return raise('There is no address')
  if (data.length > 0 && !isGet) raise('-d without -G')
  const query = data.length === 0 ? '' : `?${data.join('&')}`
  return {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    url: `http://${url}${query}`,
    headers,
    ...(body === undefined ? {} : { body }),
  }
}

function raise(problem: string): never {
  throw new Error(problem)
}
