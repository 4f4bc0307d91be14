/** Version of this package; a test holds it equal to package.json. */
export const VERSION = '0.1.0'

/** major.minor, as every generated header names it. */
export const SHORT_VERSION: string = VERSION.split('.').slice(0, 2).join('.')
