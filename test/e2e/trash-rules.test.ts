import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type CompiledProject, compiledProject } from '../support/compiled-project.ts'
import { isReachable, mysql, postgres } from '../support/database-servers.ts'
import { type RunningApp, startedApp } from '../support/running-app.ts'

/** What goes to the trash is deleted: rules on deletion are asked, plain, with hooks, and where something goes along. */
const objectOf = (name: string): string => `name: ${name}
enable: { trash: true }
fields:
  name: { type: text, required: true }
  state: { type: text }
validation:
  rules:
    - { name: open_stays, type: script, condition: "state = 'open'", message: "{{name}} is open.", events: [delete] }
    - { name: parts_stay, type: dependency, trigger: [delete], condition: { has_related: { object: part, relation_field: ${name} } }, message: "{{name}} has parts." }
`
const FILES = {
  'objectql.config.json': '{ "dialects": ["sqlite", "postgres", "mysql"] }\n',
  'schemas/plain.object.yml': objectOf('plain'),
  'schemas/hooked.object.yml': objectOf('hooked'),
  'schemas/part.object.yml':
    'name: part\nfields:\n  plain: { type: lookup, reference_to: plain, delete_behavior: cascade }\n  hooked: { type: lookup, reference_to: hooked }\n',
  'schemas/hooked.hook.ts':
    "export const seen = { name: 'seen', object: 'hooked', events: ['beforeDelete'], handler: (ctx: any) => { ctx.state.seen = 1 } }\n",
}

const DATABASES = [
  { name: 'SQLite', server: undefined, url: () => ':memory:' },
  {
    name: 'PostgreSQL',
    server: postgres,
    url: (database: string) => `postgres://${process.env['PGUSER'] ?? 'postgres'}@127.0.0.1:5432/${database}`,
  },
  {
    name: 'MariaDB',
    server: mysql,
    url: (database: string) => `mysql://${process.env['MYSQL_USER'] ?? 'root'}@127.0.0.1:3306/${database}`,
  },
]

let project: CompiledProject
beforeAll(async () => {
  project = await compiledProject(FILES)
}, 60_000)
afterAll(() => project?.remove())

describe.each(DATABASES)('$name', ({ name, server, url }) => {
  const isHere = server === undefined || isReachable(server)
  if (!isHere) console.warn(`skipped: ${name} is not reachable`)

  test.skipIf(!isHere)('what a rule keeps does not go to the trash', { timeout: 60_000 }, async () => {
    const scratch = server?.create('trash_rules')
    const running = await startedApp(project.output, { datasource: url(scratch?.name ?? ''), migrate: true } as never)
    try {
      for (const object of ['plain', 'hooked']) await exercise(running, object)
    } finally {
      await running.close()
      scratch?.drop()
    }
  })
})

async function exercise({ request, app }: RunningApp, object: string): Promise<void> {
  const api = app.objects[object]!
  const status = async (method: string, path: string, body?: object): Promise<[number, string | undefined]> => {
    const answer = await request(`/api/${object}${path}`, { method, ...(body ? { body } : {}) })
    return [answer.status, answer.json?.errors?.[0]?.code]
  }
  for (const id of ['a', 'b', 'c']) await api.create({ id, name: id.toUpperCase(), state: id === 'a' ? 'open' : 'done' })
  await app.objects['part']!.create({ id: `${object}-part`, [object]: 'b' })

  expect(await status('DELETE', '/a')).toEqual([422, 'open_stays'])
  expect(await status('DELETE', '/b')).toEqual([422, 'parts_stay'])
  expect(await status('POST', '/deleteMany', { where: { id: { $in: ['a', 'c'] } } })).toEqual([422, 'open_stays'])
  expect(await api.count()).toBe(3)

  expect(await status('DELETE', '/c')).toEqual([204, undefined])
  await api.update('a', { state: 'done' })
  expect(await status('POST', '/deleteMany', { where: { id: 'a' } })).toEqual([200, undefined])
  expect(await api.count()).toBe(1)

  // In the trash nothing holds it any more, and what is deleted for good at once is asked first.
  await api.purge('a')
  await expect(async () => api.purge('b')).rejects.toMatchObject({ status: 422 })
}
