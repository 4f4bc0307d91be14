import type { Dialect } from '../../config/config.ts'
import type { AppIr } from '../../ir/object.ts'
import { hasTimers } from '../state-events.ts'
import { TABLE_OPTIONS, type TablePrinter } from './table-printer.ts'

type Kind = 'id' | 'name' | 'text' | 'number'

const TYPES: Readonly<Record<Dialect, Readonly<Record<Kind, string>>>> = {
  sqlite: { id: 'text', name: 'text', text: 'text', number: 'integer' },
  postgres: { id: 'text collate "C"', name: 'text collate "C"', text: 'text collate "C"', number: 'bigint' },
  mysql: { id: 'varchar(255)', name: 'varchar(255)', text: 'longtext', number: 'bigint' },
}

const INSTANCE: readonly (readonly [name: string, kind: Kind])[] = [
  ...(['workflow', 'object', 'record', 'state', 'outcome', 'started_by'] as const).map((name) => [name, 'name'] as const),
  ...(['variables', 'error'] as const).map((name) => [name, 'text'] as const),
  ...(['steps', 'started_at', 'ended_at'] as const).map((name) => [name, 'number'] as const),
]

const STEP: readonly (readonly [name: string, kind: Kind])[] = [
  ['instance', 'id'],
  ...(['workflow', 'step', 'type', 'state', 'assignee_type', 'assignee', 'object', 'record'] as const).map(
    (name) => [name, 'name'] as const,
  ),
  ['parent', 'id'],
  ...(['outcome', 'action', 'acted_by'] as const).map((name) => [name, 'name'] as const),
  ...(['memo', 'comment', 'error'] as const).map((name) => [name, 'text'] as const),
  ...(['position', 'attempt', 'due_at', 'created_at', 'ended_at'] as const).map((name) => [name, 'number'] as const),
]

/** Instances of workflows and their steps, and times of states; nothing for an app without these. */
export function workflowTables(
  { dialect, name, createTable }: TablePrinter,
  app: Pick<AppIr, 'workflows' | 'objects'>,
): string | undefined {
  if (!app.workflows && !hasTimers(app)) return undefined
  const types = TYPES[dialect]
  const table = (called: string, columns: readonly (readonly [string, Kind])[]): string => {
    const texts = [`${name('id')} ${types.id} primary key not null`, ...columns.map(([column, kind]) => `${name(column)} ${types[kind]}`)]
    return `${createTable(name(called), texts.map((column) => `  ${column}`).join(',\n'), TABLE_OPTIONS[dialect])};`
  }
  const nulls = dialect === 'postgres' ? ' nulls first' : ''
  const index = (of: string, columns: readonly string[]): string =>
    `create index ${name(`${of}_${columns[0]}_idx`)} on ${name(of)} (${columns.map((column) => `${name(column)}${nulls}`).join(', ')});`
  const [instances, steps] = ['_objectql_workflows', '_objectql_workflow_steps']
  return [
    '-- Instances of workflows, and their steps. Times are milliseconds since 1970.',
    table(instances as string, INSTANCE),
    index(instances as string, ['record', 'workflow', 'state']),
    table(steps as string, STEP),
    index(steps as string, ['due_at']),
    index(steps as string, ['instance', 'position']),
    index(steps as string, ['state', 'assignee']),
  ].join('\n')
}
