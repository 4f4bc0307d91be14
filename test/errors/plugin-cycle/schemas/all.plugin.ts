export const audit = { name: 'audit', dependencies: { history: '*' } }
export const history = { name: 'history', requires: ['mail'] }
export const mailer = { name: 'mailer', provides: ['mail'], optionalDependencies: ['audit'] }
