import { DatabaseSync } from 'node:sqlite'
import type { ObjectPlan } from '../../../runtime-lite/object/object-plan.ts'
import type { Findings, Rule, RulesPlan } from '../../../runtime-lite/rules/rules-plan.ts'

declare global {
  // What the handlers of the generated modules tell.
  var stepCalls: string[] | undefined
}

type Mutable<Part> = { -readonly [Key in keyof Part]: Part[Key] }
type Call = (...values: never[]) => unknown

const calls = (): string[] => {
  globalThis.stepCalls ??= []
  return globalThis.stepCalls
}

/** A database in memory whose statements are told among the calls: `insert item`, `select shelf`. */
export function tracedDatabase(): DatabaseSync {
  const db = new DatabaseSync(':memory:')
  const prepare = db.prepare.bind(db)
  db.prepare = (sql: string) => {
    const statement = prepare(sql)
    for (const name of ['all', 'get', 'run', 'iterate'] as const) {
      const plain = statement[name].bind(statement) as (...values: never[]) => never
      statement[name] = ((...values: never[]) => {
        const found = /^(insert|update|delete)(?: into| from)? "(\w+)"/.exec(sql)
        if (found) calls().push(`write ${found[1]} ${found[2]}`)
        return plain(...values)
      }) as never
    }
    return statement
  }
  return db
}

/** Has a plan tell what of it is used: validators, defaults, numbers, and rules that are broken. */
export function tracePlan(plan: ObjectPlan): void {
  const own = plan as Mutable<ObjectPlan>
  const told = <Told extends Call>(name: string, call: Told): Told =>
    ((...values: never[]) => {
      calls().push(name)
      return call(...values)
    }) as Told
  own.validateCreate = told('validate', plan.validateCreate as Call) as never
  own.validateUpdate = told('validate', plan.validateUpdate as Call) as never
  own.insertValues = told('defaults', plan.insertValues as Call) as never
  for (const number of (plan.autonumbers ?? []) as unknown as { field: string; before: Call }[])
    number.before = told(`autonumber ${number.field}`, number.before)
  const rules = plan.rules?.plan as Mutable<RulesPlan> | undefined
  if (!rules) return
  rules.newRecord = told('defaults', rules.newRecord as Call) as never
  const { onCreate, onUpdate, onDelete } = rules
  const telling = (findings: Findings): Findings => ({
    ...findings,
    add(rule, ...more) {
      calls().push(`rule ${rule.name}`)
      findings.add(rule, ...more)
    },
  })
  if (onCreate) rules.onCreate = (record, findings) => onCreate(record, telling(findings))
  if (onUpdate) rules.onUpdate = (record, previous, findings) => onUpdate(record, previous, telling(findings))
  if (onDelete) rules.onDelete = (record, findings) => onDelete(record, telling(findings))
  for (const planned of [...(rules.transitions ?? []), ...(rules.unique ?? []), ...(rules.related ?? [])]) {
    const rule = planned.rule as Rule
    ;(planned as Mutable<typeof planned>).rule = new Proxy(rule, {
      get(target, member) {
        // The text is read where the rule is found to be broken.
        if (member === 'message') calls().push(`rule ${rule.name}`)
        return target[member as keyof Rule]
      },
    })
  }
}
