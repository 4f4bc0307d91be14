export default { input: ['generated/schemas'], output: 'generated' }
