import { ask } from '@objectstack/runtime'

export const checkVat = () => ask()
