const execute = (_ctx: unknown, next: () => unknown) => next()
export default { name: 'audit', middleware: [{ name: 'trail', execute }, { name: 'trail', on: 'find', execute }] }
