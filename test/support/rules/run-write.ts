import { ObjectQLError } from '../../../runtime-lite/problem/problem.ts'
import type { Row, Verdict } from './interpret-rules.ts'
import type { Write } from './random-write.ts'

export interface Api {
  create(input: object): Promise<Row & { '@warnings'?: readonly Verdict[] }>
  createMany(inputs: readonly object[]): Promise<readonly (Row & { '@warnings'?: readonly Verdict[] })[]>
  update(id: string, patch: object): Promise<Row & { '@warnings'?: readonly Verdict[] }>
  updateMany(where: object, patch: object, many: Told): Promise<number>
  upsert(input: object): Promise<Row & { '@warnings'?: readonly Verdict[] }>
  delete(id: string): Promise<void>
  deleteMany(where: object, many: Told): Promise<number>
  restore(id: string): Promise<Row>
  purge(id: string): Promise<void>
}

interface Told {
  readonly warnings: (first: readonly Verdict[]) => void
}

/** What was said about a write. */
export interface Outcome {
  readonly errors: readonly Verdict[]
  readonly warnings: readonly Verdict[]
}

/** Writes, and gives what was warned of. */
async function run(api: Api, write: Write): Promise<readonly Verdict[]> {
  const [id = ''] = write.ids
  const where = { id: { $in: write.ids } }
  let told: readonly Verdict[] = []
  const warnings = (first: readonly Verdict[]): void => {
    told = first
  }
  switch (write.kind) {
    case 'create':
      return (await api.create(write.input))['@warnings'] ?? []
    case 'upsert':
      return (await api.upsert(write.input))['@warnings'] ?? []
    case 'createMany':
      return (await api.createMany(write.inputs)).flatMap((record) => record['@warnings'] ?? [])
    case 'update':
      return (await api.update(id, write.patch))['@warnings'] ?? []
    case 'increase':
      return (await api.update(id, { [write.field]: { $inc: write.amount } }))['@warnings'] ?? []
    case 'updateMany':
      await api.updateMany(where, write.patch, { warnings })
      return told
    case 'delete':
    case 'purge':
      await api[write.kind](id)
      return []
    case 'restore':
      await api.restore(id)
      return []
    default:
      await api.deleteMany(where, { warnings })
      return told
  }
}

/** Several records of one write are looked at in the order in which the database gives them. */
export const ordered = ({ errors, warnings }: Outcome): string =>
  JSON.stringify([errors, warnings.map((one) => JSON.stringify(one)).sort()])

const plain = ({ code, pointer, message }: Verdict): Verdict => ({ code, pointer, message })

export async function outcomeOf(api: Api, write: Write): Promise<Outcome> {
  try {
    return { errors: [], warnings: (await run(api, write)).map(plain) }
  } catch (error) {
    if (!(error instanceof ObjectQLError) || error.status !== 422) throw error
    return { errors: (error.errors as readonly Verdict[]).map(plain), warnings: [] }
  }
}
