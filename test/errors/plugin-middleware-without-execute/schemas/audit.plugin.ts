export default { name: 'audit', middleware: [{ name: 'trail', handler: (_ctx: unknown, next: () => unknown) => next() }] }
