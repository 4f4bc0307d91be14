/** Where a chain ends, and where it begins since older entries were deleted. Its row is the lock of the chain. */
export interface ChainHead {
  /** Name of the chain. */
  readonly id: string
  readonly sequence: number
  readonly hash: string
  readonly checkpoint_sequence: number
  readonly checkpoint_hash: string
  /** See `sealOf`. */
  readonly seal?: string | null
}
