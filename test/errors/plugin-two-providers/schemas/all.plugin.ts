export const one = { name: 'one', provides: ['mail'] }
export const two = { name: 'two', provides: ['mail'] }
