import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { load } from '../../../compiler/1-load/load.ts'
import { parse } from '../../../compiler/2-parse/parse.ts'
import { link } from '../../../compiler/3-link/link.ts'
import { lower } from '../../../compiler/4-lower/lower.ts'
import type { Diagnostic } from '../../../compiler/diagnostics/diagnostic.ts'
import { hasErrors } from '../../../compiler/diagnostics/sort-diagnostics.ts'
import { createNodeHost } from '../../../compiler/host/node-host.ts'
import type { AppIr } from '../../../compiler/ir/object.ts'
import { EMPTY_LOCK } from '../../../compiler/lock/lock.ts'
import { printLock } from '../../../compiler/lock/print-lock.ts'
import { readLock } from '../../../compiler/lock/read-lock.ts'
import { updateLock } from '../../../compiler/lock/update-lock.ts'
import { fieldOf, objectOf, summaryOf, testConfig } from '../../support/link.ts'

/** Applications other people wrote. Their folder is named by the environment; without it there is nothing to read. */
const corpus = process.env['OBJECTQL_CORPUS']

interface Application {
  readonly app: AppIr
  readonly diagnostics: readonly Diagnostic[]
}

async function compileApplication(folder: string): Promise<Application> {
  const root = join(corpus ?? '', folder)
  const loaded = await load({ root, config: { ...testConfig, input: ['src'] } }, createNodeHost({ cwd: root }))
  const parsed = parse(loaded.documents)
  const linked = link(parsed.syntax)
  const diagnostics = [...loaded.diagnostics, ...parsed.diagnostics, ...linked.diagnostics]
  return { app: lower(linked.model, testConfig, EMPTY_LOCK), diagnostics }
}

const FOLDERS = ['project-tracker', 'enterprise-erp', 'express-server', 'older/enterprise-erp'] as const

describe.skipIf(corpus === undefined)('the corpus (set OBJECTQL_CORPUS to run)', () => {
  const applications = new Map<string, Application>()
  const of = (folder: string): Application => {
    const application = applications.get(folder)
    if (application === undefined) throw new Error(`${folder} was not compiled.`)
    return application
  }
  beforeAll(async () => {
    for (const folder of FOLDERS) applications.set(folder, await compileApplication(folder))
  })

  test.each(FOLDERS)('%s has no errors', (folder) => {
    const { diagnostics } = of(folder)
    expect(hasErrors(diagnostics), summaryOf(diagnostics).join('\n')).toBe(false)
  })

  test.each([
    ['project-tracker', 3, 42],
    // 252 declarations; `email` of `user` is declared twice.
    ['enterprise-erp', 20, 251],
    ['express-server', 2, 10],
    ['older/enterprise-erp', 20, 251],
  ])('%s: %i objects, %i fields', (folder, objects, fields) => {
    const { app } = of(folder)
    expect(app.objects).toHaveLength(objects)
    expect(app.objects.flatMap((object) => object.fields.filter(({ isImplicit }) => !isImplicit))).toHaveLength(fields)
  })

  test.each(['enterprise-erp', 'older/enterprise-erp'])('%s: extending a user keeps the type and label of the e-mail', (folder) => {
    const user = objectOf(of(folder).app, 'user')
    expect(fieldOf(user, 'email')).toMatchObject({ type: 'text', label: 'Email Address', isRequired: true, isUnique: true })
    expect(user).toMatchObject({ label: 'System User (Extended)', description: 'System user with authentication and profile' })
    expect(user.fields.map(({ name }) => name)).toContain('employee_id')
    expect(fieldOf(user, 'department').reference?.object).toBe('hr_department')
  })

  test('every reference of the ERP finds its object, six of them their own', () => {
    const { app } = of('enterprise-erp')
    const references = app.objects.flatMap((object) =>
      object.fields.flatMap(({ reference }) => (reference === undefined ? [] : [[object.name, reference.object]])),
    )
    expect(references.filter(([, target]) => target === undefined)).toEqual([])
    expect(references.filter(([owner, target]) => owner === target)).toHaveLength(6)
  })

  test('types nobody wrote are inferred', () => {
    const tasks = objectOf(of('project-tracker').app, 'tasks')
    expect(fieldOf(tasks, 'project')).toMatchObject({ type: 'lookup', reference: { object: 'projects' } })
    expect(fieldOf(tasks, 'priority')).toMatchObject({ type: 'select', default: { kind: 'literal', value: 'medium' } })
    const actions = objectOf(of('project-tracker').app, 'projects').actions
    expect(actions.find(({ name }) => name === 'bulk_update_status')?.params.map(({ name, type }) => [name, type])).toEqual([
      ['project_ids', 'textarea'],
      ['new_status', 'select'],
    ])
    expect(actions.find(({ name }) => name === 'clone')?.params.map(({ type }) => type)).toEqual(['text', 'boolean'])
  })

  test('rules, permissions and seeds find their objects; the odd seed value is told', () => {
    const { app, diagnostics } = of('project-tracker')
    expect(objectOf(app, 'projects').rules).toHaveLength(3)
    expect(
      app.metadata.filter(({ type }) => type === 'permission' || type === 'workflow').map(({ type, object }) => [type, object]),
    ).toEqual([
      ['permission', 'projects'],
      ['permission', 'tasks'],
      ['workflow', 'projects'],
    ])
    expect(app.seeds.map(({ object, key, records }) => [object, key, records[0]?.['id']]).toSorted()).toEqual([
      ['kitchen_sink', 'id', undefined],
      ['projects', 'id', 'PROJ-001'],
      ['tasks', 'id', 'TASK-001'],
    ])
    expect(summaryOf(diagnostics)).toContain(
      'warning link/seed-option The seed value "medium" is not an option of "priority". Correct it or add the option.',
    )
  })

  test('indexes may name the implicit columns', () => {
    const indexes = of('enterprise-erp').app.objects.flatMap((object) => object.indexes)
    expect(indexes.filter(({ fields }) => fields.includes('created_at'))).toHaveLength(2)
  })

  test.each(FOLDERS)('%s: the lock survives being written and read', (folder) => {
    const lock = updateLock(EMPTY_LOCK, of(folder).app)
    const read = readLock(printLock(lock))
    expect(read.diagnostics).toEqual([])
    expect(printLock(updateLock(read.lock, of(folder).app))).toBe(printLock(lock))
  })
})
