/** One measured figure: a line of the table that `npm run bench` prints. */
export interface Row {
  readonly name: string
  readonly value: number
  /** `ms`, `µs`, `×`, `MB`, `files`, `req/s` … */
  readonly unit: string
  /** The figure to reach; `better` says on which side of it. */
  readonly target?: number
  readonly stretch?: number
  /** Default 'less'. */
  readonly better?: 'less' | 'more'
  /** What it was measured against and how, in a few words. */
  readonly note?: string
}
