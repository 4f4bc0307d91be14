/** Schemes that run code where a link is followed. Accepted only when the schema lists them. */
const SCRIPT_SCHEMES = ['javascript', 'data', 'vbscript']

/**
 * An absolute URL. Without `protocols` every scheme but the ones that run code is accepted. Blanks and control characters, which
 * the URL parser would silently remove, are refused.
 */
export function isUrl(text: string, protocols?: readonly string[]): boolean {
  const colon = text.indexOf(':')
  if (colon < 1 || hasBlank(text)) return false
  const scheme = text.slice(0, colon).toLowerCase()
  if (protocols === undefined ? SCRIPT_SCHEMES.includes(scheme) : !protocols.some((protocol) => schemeOf(protocol) === scheme)) return false
  // `https:example.com` parses, and means something else in every browser.
  if ((scheme === 'https' || scheme === 'http') && !text.startsWith('//', colon + 1)) return false
  return URL.canParse(text)
}

/** Authors write `https`, `https:` and `https://`. */
const schemeOf = (protocol: string): string => {
  const colon = protocol.indexOf(':')
  return (colon < 0 ? protocol : protocol.slice(0, colon)).toLowerCase()
}

function hasBlank(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    if (unit <= 32 || (unit >= 127 && unit <= 160)) return true
  }
  return false
}
