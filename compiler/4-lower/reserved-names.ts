/** What emitters append to an object's type name: `AccountCreate`, `AccountFilter` … */
export const TYPE_SUFFIXES: readonly string[] = ['Create', 'Update', 'Filter', 'Sort', 'Select', 'Expand', 'Client']

/** Types that generated modules use themselves; an object type of that name would hide them. */
export const RESERVED_TYPE_NAMES: readonly string[] = [
  ...'AbortSignal Array ArrayBuffer AsyncIterable Awaited BigInt Boolean Buffer DataView Date Error Exclude Extract Function Headers Infinity Intl'.split(
    ' ',
  ),
  ...'Iterable JSON Map Math NaN NonNullable Number Object Omit Parameters Partial Pick Promise Proxy RangeError Readonly ReadonlyArray'.split(
    ' ',
  ),
  ...'ReadonlyMap ReadonlySet Record Reflect RegExp Request Required Response ReturnType Set String Symbol SyntaxError TextDecoder'.split(
    ' ',
  ),
  ...'TextEncoder TypeError URL URLSearchParams Uint8Array WeakMap WeakSet'.split(' '),
]

/** File names that other outputs use, and those Windows keeps for devices. */
export const RESERVED_FILE_NAMES: readonly string[] = [
  ...'index con prn aux nul com0 com1 com2 com3 com4 com5 com6 com7 com8 com9 lpt0 lpt1 lpt2 lpt3 lpt4 lpt5 lpt6 lpt7 lpt8 lpt9'.split(' '),
]
