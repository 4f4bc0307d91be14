export const audit = { name: 'audit' }
export const report = { name: 'report', dependencies: { audit: 'the newest' } }
