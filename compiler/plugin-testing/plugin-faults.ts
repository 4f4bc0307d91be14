import { seededRandom } from './seeded-random.ts'

/** A function of a plugin, by its name. */
export type FaultPlace = (
  | { readonly hook: string }
  | { readonly action: string }
  | { readonly middleware: string }
  /** What others get by this name: a function, or an object. `method`: default all of its functions. */
  | { readonly service: string; readonly method?: string }
) & {
  /** Default: whichever plugin has something of that name. */
  readonly plugin?: string
}

export interface FaultOptions {
  /**
   * `throw`: an error in place of the call. `delay`: the call begins later. `hang`: the call does not end before the harness stops. `twice`: one call behind the
   * other, and the answer of the second; a middleware that calls `next()` both times is refused.
   */
  readonly does: 'throw' | 'delay' | 'hang' | 'twice'
  /** What is thrown. Default: an error that names the place. Functions that are `async` reject with it. */
  readonly error?: unknown
  /** How long a delay is, by the clock of the harness. Default 100. */
  readonly milliseconds?: number
  /** How many calls go well before. Default 0: `after: 2, times: 1` is the third call alone. */
  readonly after?: number
  /** How often it happens; then all goes well again. Default: always. */
  readonly times?: number
  /** How likely it happens in a call, 0 to 1; the same calls for the same seed. Default 1. */
  readonly probability?: number
  /** Default 1. */
  readonly seed?: number
}

export type PluginFault = FaultPlace & FaultOptions

/** What became of a fault. */
export interface FaultCount {
  /** `hook refuse_bad`, `service mailer.send`. */
  readonly place: string
  /** Calls of the place, the ones that went well included. */
  readonly calls: number
  readonly happened: number
}

type PlaceKind = 'hook' | 'action' | 'middleware' | 'service'

/** A function that faults may be about. */
export interface FaultyPlace {
  readonly kind: PlaceKind
  readonly plugin: string
  readonly name: string
  readonly method?: string
}

export type AnyCall = (...args: never[]) => unknown

export interface PluginFaults {
  /** In the order they were given. */
  readonly counts: readonly FaultCount[]
  /** The function, with what goes wrong around it; itself where nothing does. */
  around<Call extends AnyCall>(place: FaultyPlace, call: Call): Call
  /** True where some fault is about a service of that name. */
  isAboutService(plugin: string, name: string): boolean
  /** What faults name that there is not, told so far. Services are there once the plugins have started. */
  missing(kinds: readonly PlaceKind[]): readonly string[]
  /** Ends the calls that hang. */
  release(): void
}

interface Counting {
  readonly fault: PluginFault
  readonly place: string
  calls: number
  happened: number
  isFound: boolean
  readonly isNext: () => boolean
}

/** @throws RangeError for numbers that mean nothing. */
export function checkFault({ after = 0, times = 1, probability = 1, milliseconds = 0 }: PluginFault): void {
  if (!(after >= 0) || !(times >= 0)) throw new RangeError(`A fault happens after 0 calls or more, and 0 times or more.`)
  if (!(probability >= 0 && probability <= 1)) throw new RangeError(`A probability is a number from 0 to 1, not ${probability}.`)
  if (!(milliseconds >= 0)) throw new RangeError(`A delay takes 0 milliseconds or more, not ${milliseconds}.`)
}

const KINDS: readonly PlaceKind[] = ['hook', 'action', 'middleware', 'service']

const kindOf = (fault: PluginFault): PlaceKind => KINDS.find((kind) => kind in fault) as PlaceKind
const nameIn = (fault: PluginFault): string => String(Reflect.get(fault, kindOf(fault)))
const methodIn = (fault: PluginFault): string | undefined => ('method' in fault ? fault.method : undefined)

/** `wait`: calls back after so many milliseconds. */
export function createPluginFaults(
  faults: readonly PluginFault[],
  wait: (milliseconds: number, call: () => void) => unknown,
): PluginFaults {
  const counted = faults.map(counting)
  const known: FaultyPlace[] = []
  const hanging = new Set<() => void>()

  const hang = (place: string): Promise<never> =>
    new Promise((_, reject) => hanging.add(() => reject(new Error(`The harness was stopped while ${place} hung, for a test.`))))

  const isAbout = (fault: PluginFault, { kind, plugin, name, method }: FaultyPlace): boolean =>
    kindOf(fault) === kind &&
    nameIn(fault) === name &&
    (fault.plugin ?? plugin) === plugin &&
    (methodIn(fault) === undefined || methodIn(fault) === method)

  function faulty(one: Counting, call: AnyCall, isAsync: boolean): AnyCall {
    const { does, error = new Error(`The ${one.place} failed, for a test.`), milliseconds = 100 } = one.fault
    return (...args: never[]) => {
      one.calls++
      if (!one.isNext()) return call(...args)
      one.happened++
      if (does === 'hang') return hang(`the ${one.place}`)
      if (does === 'delay') return new Promise<void>((resolve) => wait(milliseconds, resolve)).then(() => call(...args))
      if (does === 'twice') {
        const first = call(...args)
        return first instanceof Promise ? first.then(() => call(...args)) : call(...args)
      }
      if (isAsync) return Promise.reject(error)
      throw error
    }
  }

  return {
    get counts() {
      return counted.map(({ place, calls, happened }) => ({ place, calls, happened }))
    },
    around(place, call) {
      known.push(place)
      const about = counted.filter(({ fault }) => isAbout(fault, place))
      for (const one of about) one.isFound = true
      const isAsync = call.constructor.name === 'AsyncFunction'
      // The first is outside of the others.
      return about.reduceRight<AnyCall>((inner, one) => faulty(one, inner, isAsync), call) as typeof call
    },
    isAboutService: (plugin, name) =>
      faults.some((fault) => 'service' in fault && fault.service === name && (fault.plugin ?? plugin) === plugin),
    missing: (kinds) =>
      counted.flatMap(({ fault, place, isFound }) => {
        const kind = kindOf(fault)
        if (isFound || !kinds.includes(kind)) return []
        const there = [
          ...new Set(known.filter((one) => one.kind === kind).map(({ name, method }) => (method ? `${name}.${method}` : name))),
        ]
        const of = fault.plugin === undefined ? '' : ` in the plugin "${fault.plugin}"`
        return [`There is no ${place}${of}. ${there.length > 0 ? `There are: ${there.join(', ')}.` : 'There is none at all.'}`]
      }),
    release() {
      for (const end of hanging) end()
      hanging.clear()
    },
  }
}

function counting(fault: PluginFault): Counting {
  const { after = 0, times = Number.POSITIVE_INFINITY, probability = 1, seed = 1 } = fault
  const random = seededRandom(seed)
  const method = methodIn(fault)
  const one: Counting = {
    fault,
    place: `${kindOf(fault)} ${nameIn(fault)}${method === undefined ? '' : `.${method}`}`,
    ...{ calls: 0, happened: 0, isFound: false },
    isNext: () => one.calls > after && one.happened < times && random.below(PARTS) < probability * PARTS,
  }
  return one
}

/** Parts of a probability. */
const PARTS = 2 ** 30
