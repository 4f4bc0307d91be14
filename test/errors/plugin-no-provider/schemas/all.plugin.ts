export const report = { name: 'report', requires: ['mial', 'rest'] }
export const mailer = { name: 'mailer', provides: ['mail'] }
