/** Why a workflow is left out was told already. */
export class Reported extends Error {
  constructor() {
    super('It was reported.')
  }
}
