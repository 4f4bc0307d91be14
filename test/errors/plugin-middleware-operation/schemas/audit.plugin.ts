const execute = (_ctx: unknown, next: () => unknown) => next()
export default { name: 'audit', middleware: [{ name: 'trail', on: ['create', 'updat'], execute }] }
