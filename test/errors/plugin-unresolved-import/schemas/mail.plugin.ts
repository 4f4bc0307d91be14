import { tell } from '@objectstack/runtime'

export default { name: 'mail', start: () => tell('hello') }
