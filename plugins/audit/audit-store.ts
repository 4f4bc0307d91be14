import type { ChainHead } from './chain-head.ts'
import type { AuditEntry } from './entry-hash.ts'

/** The objects of the plugin, as the application has them. */
export interface AuditStore {
  readonly entries: Rows<AuditEntry>
  readonly chains: Rows<ChainHead>
  /** All or nothing. */
  transaction<Result>(work: () => Promise<Result>): Promise<Result>
}

interface Rows<Row> {
  get(id: string): Promise<Row | null>
  find(query: object): Promise<{ readonly items: readonly Row[] }>
  aggregate(query: object): Promise<readonly Readonly<Record<string, unknown>>[]>
  create(row: Partial<Row>): Promise<Row>
  createMany(rows: readonly Row[]): Promise<readonly Row[]>
  /** Holds the row until the transaction has ended. */
  update(id: string, change: object): Promise<Row>
  deleteMany(where: object): Promise<number>
}

/** Ways to the objects of an application. */
export const auditStoreOf = (app: {
  readonly objects: object
  transaction<Result>(work: () => Promise<Result>): Promise<Result>
}): AuditStore => {
  const objects = app.objects as { readonly audit_entry: Rows<AuditEntry>; readonly audit_chain: Rows<ChainHead> }
  return { entries: objects.audit_entry, chains: objects.audit_chain, transaction: (work) => app.transaction(work) }
}
