export const settings = { output: 'generated' }
