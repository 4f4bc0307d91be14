export interface Award extends Given {
  readonly points: number
}

interface Given {
  readonly guest: string
}
