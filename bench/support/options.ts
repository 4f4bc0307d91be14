/** `--quick`: fewer rounds and smaller inputs, under a minute per benchmark. Good for trends, not for quoting. */
export const isQuick: boolean = process.argv.includes('--quick')

/** Interleaved rounds a figure is the median of. */
export const rounds: number = isQuick ? 3 : 5
