import { describe, expect, test } from 'vitest'
import { compiledFolder } from '../support/compiled-folder.ts'
import { type RunningApp, startedApp } from '../support/running-app.ts'
import { allSources } from '../support/sources.ts'

const account = (trash: string): string => `name: account
${trash}
fields:
  name: { type: text, unique: true }
  region: { type: text }
  number: { type: number }
indexes:
  region_number: { fields: [region, number], unique: true }
`

/** Databases that are still there when an application has ended. */
const SOURCES = allSources().filter(({ name }) => ['a file of SQLite', 'PostgreSQL', 'MariaDB'].includes(name))

describe.for(SOURCES)('a trash for an object that has records on $name', ({ isThere, open }) => {
  test.skipIf(!isThere)(
    'comes with its columns and unique keys, and goes again when it is empty',
    async () => {
      const without = await compiledFolder({ 'account.object.yml': account('label: Account') })
      const having = await compiledFolder({ 'account.object.yml': account('enable: { trash: true }') })
      const source = await open('trashmove')
      const warnings: string[] = []
      const started = (folder: { readonly generated: string }): Promise<RunningApp> =>
        startedApp(folder.generated, { datasource: source.datasource, onWarning: (text) => warnings.push(text) })
      const on = async <Result>(folder: { readonly generated: string }, work: (accounts: Accounts) => Promise<Result>): Promise<Result> => {
        const running = await started(folder)
        try {
          return await work(running.app.objects['account'] as Accounts)
        } finally {
          await running.close()
        }
      }
      type Accounts = NonNullable<RunningApp['app']['objects'][string]>
      const namesOf = async (accounts: Accounts): Promise<unknown[]> =>
        (await accounts.find({ orderBy: 'name', select: ['name'] })).items.map(({ name }) => name)
      try {
        await on(without, (accounts) =>
          accounts.createMany(['a', 'b', 'c'].map((name, number) => ({ id: name, name, region: 'x', number }))),
        )
        await on(having, async (accounts) => {
          expect(await accounts.get('a')).toMatchObject({ name: 'a', deleted_at: null, deleted_by: null })
          expect(await namesOf(accounts)).toEqual(['a', 'b', 'c'])
          await accounts.delete('b')
          // Both unique keys let go of what is deleted, and hold what is not.
          await accounts.create({ id: 'b2', name: 'b', region: 'x', number: 1 })
          await expect(accounts.create({ name: 'a' })).rejects.toMatchObject({ status: 409 })
          await expect(accounts.create({ name: 'z', region: 'x', number: 0 })).rejects.toMatchObject({ status: 409 })
        })
        // Another start finds nothing to do.
        expect(await on(having, namesOf)).toEqual(['a', 'b', 'c'])
        expect(warnings).toEqual([])
        // Without the trash two records would have one name: that is refused, and nothing is done.
        await expect(started(without)).rejects.toThrow(/unique|duplicate|same|twice|more than one/i)
        expect(await on(having, async (accounts) => [await namesOf(accounts), await accounts.count({ deleted: 'only' })])).toEqual([
          ['a', 'b', 'c'],
          1,
        ])
        await on(having, (accounts) => accounts.purgeMany({}))
        await on(without, async (accounts) => {
          expect(await namesOf(accounts)).toEqual(['a', 'b', 'c'])
          await expect(accounts.create({ name: 'b' })).rejects.toMatchObject({ status: 409 })
          await accounts.delete('c')
          await accounts.create({ name: 'c' })
        })
      } finally {
        await source.close()
        without.remove()
        having.remove()
      }
    },
    60_000,
  )
})
