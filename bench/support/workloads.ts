import { STATUSES } from '../raw/account.ts'
import { seededRandom } from './numbers.ts'
import { ACCOUNTS, accountId, USERS, userId } from './seed-database.ts'

export interface Request {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'OPTIONS'
  readonly path: string
  readonly body?: string
}

export interface Workload {
  readonly name: string
  readonly target: number
  readonly stretch: number
  /** In rotation, the same list for every server. */
  readonly requests: readonly Request[]
}

const random = seededRandom(11)
const below = (limit: number): number => Math.floor(random() * limit)
const pick = <Value>(values: readonly Value[]): Value => values[below(values.length)]!
const repeat = <Value>(count: number, make: (index: number) => Value): Value[] => Array.from({ length: count }, (_, index) => make(index))

const list = (query: Readonly<Record<string, string>>): Request => ({
  method: 'GET',
  path: `/api/account?${Object.entries(query)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&')}`,
})

const filteredByStatus = (expand: boolean): Request =>
  list({
    $filter: `status eq '${pick(STATUSES)}' and employees gt ${50 + below(250)}`,
    $orderby: 'created_at desc',
    $top: '20',
    ...(expand ? { $expand: 'owner' } : {}),
  })

const newAccount = (index: number): Record<string, unknown> => ({
  name: `Tide Table Society ${index}`,
  code: `NEW-${String(index).padStart(6, '0')}`,
  status: pick(STATUSES),
  industry: pick(['port', 'energy', 'science']),
  email: `tide${index}@customer.example`,
  website: `https://tide${index}.example/`,
  phone: '+44 1286 555 123',
  city: 'Caernarfon',
  country: 'GB',
  notes: `Found us at the fair, stand ${index % 40}.`,
  employees: below(1000),
  annual_revenue: below(10_000_000) / 100,
  rating: below(50) / 10,
  discount: below(30),
  is_key: index % 10 === 0,
  owner: userId(below(USERS)),
})

/** Conditions that most records meet, so that a page is found near the start of an index, as in a list people look at. */
const PREDICATES: readonly (() => string)[] = [
  () => `employees gt ${below(300)}`,
  () => `employees le ${700 + below(300)}`,
  () => `annual_revenue ge ${below(200_000)}.5`,
  () => `rating lt ${3 + below(3)}`,
  () => 'is_key eq false',
  () => 'is_active eq true',
  () => `industry ne '${pick(['port', 'public'])}'`,
  () => `country in ('NL','NO','PT','${pick(['DE', 'GB', 'FR'])}')`,
  () => `contains(name,'${pick(['a', 'o', 'e'])}')`,
  () => `startswith(code,'ABC')`,
  () => 'owner ne null',
  () => `(discount lt 30 or rating gt ${1 + below(2)})`,
  () => `not (city eq '${pick(['Faro', 'Husum'])}')`,
]

/** Fifty combinations of conditions and orders; each use has other values. */
const shapes: readonly (() => Request)[] = repeat(50, (shape) => {
  const chosen = repeat(1 + (shape % 3), (step) => PREDICATES[(shape * 3 + step * 5 + Math.floor(shape / 13)) % PREDICATES.length]!)
  const orderBy = shape % 2 === 0 ? 'created_at desc' : 'created_at'
  return () =>
    list({
      $filter: [`status eq '${pick(STATUSES)}'`, ...chosen.map((predicate) => predicate())].join(' and '),
      $orderby: orderBy,
      $top: '10',
    })
})

/** Any state may follow any of these. */
const FREE_STATUSES = STATUSES.filter((status) => status !== 'lost')

export const workloads: readonly Workload[] = [
  {
    name: 'W1 read one record by id',
    target: 1.5,
    stretch: 1.9,
    requests: repeat(5000, () => ({ method: 'GET', path: `/api/account/${accountId(below(ACCOUNTS))}` })),
  },
  { name: 'W2 list 20, filtered and sorted', target: 1.6, stretch: 1.9, requests: repeat(2000, () => filteredByStatus(false)) },
  { name: 'W3 list 20 with owner expanded', target: 1.8, stretch: 2.2, requests: repeat(2000, () => filteredByStatus(true)) },
  {
    name: 'W4 create with validation, two before-hooks',
    target: 1.5,
    stretch: 3.2,
    requests: repeat(5000, (index) => ({ method: 'POST', path: '/api/account', body: JSON.stringify(newAccount(index)) })),
  },
  {
    name: 'W5 update of a state machine, after-hook',
    target: 1.8,
    stretch: 2.5,
    requests: repeat(5000, () => ({
      method: 'PATCH',
      path: `/api/account/${accountId(below(ACCOUNTS))}`,
      body: JSON.stringify({ status: pick(FREE_STATUSES) }),
    })),
  },
  {
    name: 'W6 dynamic filters, 50 shapes, 10 rows',
    target: 1.7,
    stretch: 2,
    requests: repeat(5000, (index) => shapes[index % shapes.length]!()),
  },
]

/** Routing and nothing else: no database behind it. */
export const routing: Workload = {
  name: 'W0 routing without database (OPTIONS)',
  target: 0.97,
  stretch: 0.99,
  requests: [{ method: 'OPTIONS', path: '/api/account' }],
}

/** Requests that must be refused alike. */
export const refused: readonly Request[] = [
  { method: 'GET', path: '/api/account/nobody' },
  { method: 'PATCH', path: '/api/account/nobody', body: '{"city":"Faro"}' },
  { method: 'POST', path: '/api/account', body: '{"name":"x","code":"abc","status":"gone","employees":-1,"is_key":"yes","colour":"red"}' },
  { method: 'POST', path: '/api/account', body: JSON.stringify({ name: 'Nobody owns me', code: 'NEW-000001', owner: 'nobody' }) },
  { method: 'POST', path: '/api/account', body: '{"name":' },
  { method: 'PATCH', path: `/api/account/${accountId(3)}`, body: '{"name":null,"rating":9,"annual_revenue":0.001}' },
  // Anything becomes a prospect, which is not lost at once.
  { method: 'PATCH', path: `/api/account/${accountId(3)}`, body: '{"status":"prospect"}' },
  { method: 'PATCH', path: `/api/account/${accountId(3)}`, body: '{"status":"lost"}' },
  list({ $filter: "colour eq 'red'" }),
  list({ $filter: 'employees gt' }),
  list({ $orderby: 'colour' }),
  list({ $top: 'many' }),
]
