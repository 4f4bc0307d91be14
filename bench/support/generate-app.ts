import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const DOMAINS = ['crm', 'erp', 'hr', 'billing', 'service', 'catalog', 'fleet', 'lab'] as const
const NOUNS = [
  'account',
  'order',
  'visit',
  'sample',
  'meter',
  'route',
  'claim',
  'batch',
  'asset',
  'ticket',
  'quote',
  'shift',
  'parcel',
] as const

/** A name nobody else has: `crm_account`, `erp_order_2`, … */
export function objectName(index: number): string {
  const generation = Math.floor(index / (DOMAINS.length * NOUNS.length))
  return `${DOMAINS[index % DOMAINS.length]}_${NOUNS[Math.floor(index / DOMAINS.length) % NOUNS.length]}${generation === 0 ? '' : `_${generation + 1}`}`
}

/** Twenty fields of the types people use most, two lookups (one to the object itself), an option list and two indexes. */
export function objectYaml(index: number, count: number): string {
  const other = objectName((index * 7 + 3) % count)
  return `name: ${objectName(index)}
label: Object ${index}
description: Generated object number ${index} with twenty fields.
icon: box
fields:
  name:
    type: text
    label: Name
    required: true
    max_length: 120
  code:
    type: text
    unique: true
    pattern: "^[A-Z]{2,4}-[0-9]+$"
  email:
    type: email
  website:
    type: url
  phone:
    type: phone
  status:
    type: select
    required: true
    defaultValue: draft
    options:
      - label: Draft
        value: draft
      - label: Open
        value: open
      - label: In work
        value: in_work
      - label: Done
        value: done
  priority:
    type: select
    options: [low, normal, high]
    defaultValue: normal
  tags:
    type: tags
  amount:
    type: currency
    scale: 2
    min: 0
  quantity:
    type: number
    scale: 0
    min: 0
    max: 1000000
  discount:
    type: percent
    min: 0
    max: 100
  is_active:
    type: boolean
    defaultValue: true
  due_date:
    type: date
  opened_at:
    type: datetime
  starts_at:
    type: time
  parent:
    type: lookup
    reference_to: ${objectName(index)}
  related:
    type: lookup
    reference_to: ${other}
  location:
    type: location
  details:
    type: json
  notes:
    type: textarea
    label: Notes
    max_length: 4000
indexes:
  status_due_idx:
    fields: [status, due_date]
  related_idx:
    fields: [related]
`
}

export const objectPath = (folder: string, index: number): string =>
  join(folder, 'schemas', DOMAINS[index % DOMAINS.length] ?? '', `${objectName(index)}.object.yml`)

/** Writes an app of `count` objects in YAML. */
export function generateApp(folder: string, count: number): void {
  for (const domain of DOMAINS) mkdirSync(join(folder, 'schemas', domain), { recursive: true })
  writeConfig(folder)
  for (let index = 0; index < count; index++) writeFileSync(objectPath(folder, index), objectYaml(index, count))
}

function writeConfig(folder: string): void {
  mkdirSync(folder, { recursive: true })
  writeFileSync(
    join(folder, 'objectql.config.ts'),
    `import { defineConfig } from 'objectql'\n\nexport default defineConfig({ name: 'bench', input: ['schemas'] })\n`,
  )
}
