export const audit = { name: 'audit', dependencies: ['histroy'] }
export const history = { name: 'history' }
