/** A request that was made. */
export interface NetworkCall {
  readonly method: string
  readonly url: string
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** What is answered: a response, or its parts. A body that is not text is sent as JSON. */
export type NetworkAnswer =
  | Response
  | { readonly status?: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: unknown }

export type NetworkHandler = NetworkAnswer | ((call: NetworkCall) => NetworkAnswer | Promise<NetworkAnswer>)

export interface MockedNetwork {
  /**
   * Answers requests: `on('POST', 'https://mail.example/*', { status: 202 })`. `*` in a URL stands for any text, `*` as method for any method. The last that fits
   * answers. `times`: only so often; then the ones before it.
   */
  on(method: string, url: string | RegExp, handler: NetworkHandler, options?: { readonly times?: number }): this
  /** Every request, answered or not, in order. */
  readonly calls: readonly NetworkCall[]
  /** Requests that nobody answers for. */
  readonly unmatched: readonly NetworkCall[]
  /** Gives the real network back. Safe to repeat. */
  restore(): void
  [Symbol.dispose](): void
}

interface Route {
  readonly method: string
  readonly url: RegExp
  readonly handler: NetworkHandler
  left: number
}

let open: MockedNetwork | undefined

/** Takes the place of `globalThis.fetch` until it is restored: no request leaves the process. @throws Error when there is one already. */
export function mockNetwork(): MockedNetwork {
  if (open) throw new Error('The network is replaced already: restore() the one before first.')
  const real = globalThis.fetch
  const routes: Route[] = []
  const calls: NetworkCall[] = []
  const unmatched: NetworkCall[] = []

  async function answer(...[input, init]: Parameters<typeof fetch>): Promise<Response> {
    const request = new Request(input, init)
    request.signal.throwIfAborted()
    const call: NetworkCall = {
      method: request.method,
      url: request.url,
      headers: Object.fromEntries(request.headers),
      body: await request.text(),
    }
    calls.push(call)
    const route = routes.findLast(({ method, url, left }) => left > 0 && (method === '*' || method === call.method) && url.test(call.url))
    if (!route) {
      unmatched.push(call)
      throw new TypeError(`No handler for ${call.method} ${call.url}: add one with on('${call.method}', …).`)
    }
    route.left--
    const given = await (typeof route.handler === 'function' ? route.handler(call) : route.handler)
    return responseOf(given)
  }

  const network: MockedNetwork = {
    calls,
    unmatched,
    on(method, url, handler, { times = Number.POSITIVE_INFINITY } = {}) {
      routes.push({ method: method.toUpperCase(), url: patternOf(url), handler, left: times })
      return network
    },
    restore() {
      if (open !== network) return
      globalThis.fetch = real
      open = undefined
    },
    [Symbol.dispose]: () => network.restore(),
  }
  open = network
  globalThis.fetch = answer
  return network
}

/** A regular expression that is `g` or `y` would remember where it was. */
const patternOf = (url: string | RegExp): RegExp =>
  typeof url === 'string'
    ? new RegExp(`^${url.split('*').map(escaped).join('.*')}$`, 's')
    : new RegExp(url.source, url.flags.replaceAll(/[gy]/g, ''))

const escaped = (text: string): string => text.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&')

function responseOf(given: NetworkAnswer): Response {
  // One answer may be given many times, its body only once.
  if (given instanceof Response) return given.clone()
  const { status = 200, headers = {}, body } = given
  if (body === undefined) return new Response(null, { status, headers })
  if (typeof body === 'string') return new Response(body, { status, headers })
  return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } })
}
