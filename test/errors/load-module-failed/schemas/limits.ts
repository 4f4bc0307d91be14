interface Limits {
  name: number
}

function readLimits(): Limits {
  throw new Error('no limits today')
}

export const limits = readLimits()
