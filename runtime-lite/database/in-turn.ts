/** Runs what it is given one after the other, in the order it came: at once where nothing is before it. */
export type InTurn = <Result>(work: () => Promise<Result>) => Promise<Result>

export function createInTurn(): InTurn {
  let last: Promise<unknown> = DONE
  let pending = 0
  const leave = (): void => {
    pending--
  }
  return (work) => {
    const result = pending++ === 0 ? work() : last.then(work)
    last = result.then(leave, leave)
    return result
  }
}

const DONE = Promise.resolve()
