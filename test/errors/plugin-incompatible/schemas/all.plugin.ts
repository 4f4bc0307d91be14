export const audit = { name: 'audit', version: '1.4.0' }
export const report = { name: 'report', dependencies: { audit: '^2.0.0' } }
export const digest = { name: 'digest', optionalDependencies: ['audit@>=3'] }
