export { Bed } from './bed.object'
export { Plant } from './plant.object'
