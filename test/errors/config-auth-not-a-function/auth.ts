const strategies = ['cookie', 'bearer']

export default strategies
