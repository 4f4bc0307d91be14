import type { Answer, RunningApp } from './running-app.ts'

/** What differs between two runs on the same database, too. */
const steady = (text: string): string =>
  text
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, (instant) => (instant.startsWith('2024') ? instant : '<now>'))
    .replaceAll(/"next":\s*"[^"]+"/g, '"next":"…"')

/** The main operations of an application over REST, and what they answered. */
export async function operateApp({ request, app }: RunningApp): Promise<unknown[]> {
  const seen: unknown[] = []
  const call = async (method: string, target: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> => {
    const answer = await request(target, { method, headers, ...(body === undefined ? {} : { body }) })
    const text = steady(answer.text)
    // Databases write the same JSON with other spaces and zeros.
    seen.push([method, target, answer.status, text === '' ? '' : JSON.parse(text)])
    return answer
  }
  for (const user of ['ada', 'bob']) await call('POST', '/api/user', { id: user, name: user })
  const full = {
    id: 'a1',
    name: `O'Brien "& Söhne" 𝒳\\`,
    email: 'a@example.com',
    revenue: 12345.67,
    employees: 9007199254740991,
    active: true,
    founded: '2024-02-29',
    seen_at: '2024-05-06T07:08:09.123Z',
    opens: '08:30:00',
    tags: ['x', 'y'],
    extra: { a: [1, null, { b: 'ü' }] },
    place: { latitude: 54.5, longitude: -3.25 },
    owner: 'ada',
  }
  const created = await call('POST', '/api/account', full)
  await call('POST', '/api/account', { ...full, id: 'a2' })
  await call('POST', '/api/account', { id: 'a2', name: 'Two', owner: 'nobody' })
  await call('POST', '/api/account', { id: 'a2', name: 'Two', parent: 'a1', employees: 2, active: false })
  await call('POST', '/api/account', { id: 'a3', name: 'Three', owner: 'bob', revenue: 0.1 })
  await call('GET', '/api/account/a1')
  await call('GET', '/api/account/nothing')
  await call('PATCH', '/api/account/a1', { revenue: 1, notes: 'changed' }, { 'if-match': created.headers.get('etag') ?? '' })
  await call('PATCH', '/api/account/a1', { revenue: 2 }, { 'if-match': created.headers.get('etag') ?? '' })
  await call('DELETE', '/api/account/a1')
  for (const query of [
    '',
    "?$filter=name eq 'Two' or revenue lt 1",
    '?$filter=active ne true&$orderby=name desc',
    "?$filter=contains(name,'Söhne')",
    '?$filter=seen_at ge 2024-05-06T07:08:09.123Z',
    "?$filter=owner/name eq 'ada'",
    '?$expand=owner&$orderby=name&$top=2&$count=true',
    '?$orderby=revenue desc,name&$skip=1&$top=1',
    '?$filter=nothing eq 1',
  ])
    await call('GET', `/api/account${query}`)
  for (const title of ['one', 'two', 'three']) await call('POST', '/api/task', { id: `t-${title}`, title, account: 'a3' })
  await call('DELETE', '/api/account/a3')
  await call('GET', '/api/task')
  const failing = app.transaction(async () => {
    await app.objects['user']?.update('bob', { name: 'Robert' })
    throw new Error('undo')
  })
  await failing.catch((error: Error) => seen.push(error.message))
  await app.transaction(async () => {
    await app.objects['user']?.create({ id: 'cy', name: 'cy' })
  })
  await call('GET', '/api/user?$orderby=id')
  return seen
}
