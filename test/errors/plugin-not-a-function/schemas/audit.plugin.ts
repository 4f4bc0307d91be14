export default { name: 'audit', start: 'at once' }
