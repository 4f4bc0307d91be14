import { BlockList, isIP, isIPv6 } from 'node:net'

/**
 * Gives the address a request comes from: of the connection, or where that is a proxy that is trusted, the last one in X-Forwarded-For that is none.
 * What is before it may have been made up.
 * @throws TypeError for a proxy that is no address and no network
 */
export function addressReader(trustedProxies: readonly string[]): (remote: string | undefined, forwardedFor: string | undefined) => string {
  const trusted = new BlockList()
  for (const proxy of trustedProxies) {
    const [address = '', bits] = proxy.split('/')
    const family = isIPv6(address) ? 'ipv6' : 'ipv4'
    if (!isIP(address) || (bits !== undefined && !/^\d+$/.test(bits))) throw new TypeError(`"${proxy}" is no address and no network.`)
    if (bits === undefined) trusted.addAddress(address, family)
    else trusted.addSubnet(address, Number(bits), family)
  }
  const isTrusted = (address: string): boolean => trusted.check(withoutZone(address), isIPv6(address) ? 'ipv6' : 'ipv4')
  return (remote, forwardedFor) => {
    let client = plain(remote ?? '')
    const hops = (forwardedFor ?? '').split(',').map((hop) => plain(withoutPort(hop.trim())))
    while (isIP(client) && isTrusted(client)) {
      const before = hops.pop()
      if (before === undefined || !isIP(before)) break
      client = before
    }
    return client === '' ? 'unknown' : network(client)
  }
}

/** Some proxies add the port: `1.2.3.4:5678`, `[2001:db8::1]:5678`. */
const withoutPort = (hop: string): string => /^\[([^\]]*)\](?::\d+)?$/.exec(hop)?.[1] ?? /^([\d.]+):\d+$/.exec(hop)?.[1] ?? hop

/** `fe80::1%eth0` */
const withoutZone = (address: string): string => address.split('%')[0] as string

/** IPv4 as such where it is written as IPv6. */
const plain = (address: string): string =>
  address.toLowerCase().startsWith('::ffff:') && isIP(address.slice(7)) === 4 ? address.slice(7) : address

/** Whoever has one address of IPv6 has 2^64 of them: the first half counts. */
function network(address: string): string {
  if (!isIPv6(address)) return address
  const [head = '', tail] = withoutZone(address).split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const groups =
    tail === undefined ? left : [...left, ...Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0'), ...right]
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`
}
