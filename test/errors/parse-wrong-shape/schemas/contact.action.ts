export const merge = { type: 'record', handler: { run: () => 1 } }
export const split = { handler: 12 }
export const named = { handler: 'registered_elsewhere' }
