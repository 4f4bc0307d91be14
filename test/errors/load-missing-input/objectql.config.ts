export default { input: ['schemas', 'nowhere'] }
