/** How the deleted records of an object are kept. */
export interface TrashPlan {
  /** Column that says when a record was deleted; null in records that are there. */
  readonly column: string
  /** Column for who deleted it. */
  readonly by?: string
  /** The object has unique keys, in which deleted records do not count. */
  readonly hasKeys?: true
  /** Days after which deleted records are purged. */
  readonly retentionDays?: number
  /** Records of other objects that go along, or that keep a record from going. */
  readonly referring?: readonly ReferringPlan[]
}

export interface ReferringPlan {
  readonly object: string
  /** Its lookup. */
  readonly field: string
  readonly onDelete: 'cascade' | 'restrict'
}

/** A lookup whose records may be in the trash. */
export interface TrashTargetPlan {
  /** Quoted table name. */
  readonly table: string
  /** Its column that says when a record was deleted. */
  readonly column: string
  /** Records go and come back with the one that this lookup holds. */
  readonly isOwner?: true
}

/** Which records a read is about. Default: those that are not deleted. */
export type Deleted = 'only' | 'with'
