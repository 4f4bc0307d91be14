import type { Expression } from 'oxc-parser'

type Call = Extract<Expression, { type: 'CallExpression' }>

interface Range {
  readonly start: number
  readonly end: number
}

/** A call of a chain: the name of its method, and where it stands without what comes before. */
interface Link extends Range {
  readonly method: string
  readonly name: Range
  readonly args: readonly Expression[]
}

const known = new WeakMap<Call, Expression | undefined>()

/**
 * The plugin that a chain of calls makes (`new PluginBuilder().name('audit').hook(…).build()`), as if it had been written as an object: each member stands where the call has
 * it. Undefined for anything else.
 */
export function builtPlugin(call: Call): Expression | undefined {
  if (!known.has(call)) known.set(call, read(call))
  return known.get(call)
}

function read(call: Call): Expression | undefined {
  const links = chainOf(call)
  if (links?.at(-1)?.method !== 'build') return undefined
  const of = (...methods: readonly string[]): readonly Link[] => links.filter(({ method }) => methods.includes(method))
  const members: object[] = []
  const add = (key: string, value: object | undefined, at: Range = call): void => {
    if (value !== undefined) members.push(property(key, value, at))
  }
  for (const link of of('name', 'label', 'version', 'description', 'configSchema')) add(link.method, link.args[0], link.name)
  for (const [method, key] of Object.entries(BY_NAME)) {
    const parts = of(method).flatMap(({ args: [name, value] }) =>
      name && literal(name) ? [property(literal(name) ?? '', value ?? name, name)] : [],
    )
    if (parts.length > 0) add(key, objectOf(parts, call), of(method)[0]?.name)
  }
  for (const link of of('events')) add('events', link.args[0], link.name)
  const events = of('event').flatMap(({ args: [name, value] }) =>
    name && literal(name) ? [property(literal(name) ?? '', value ?? name, name)] : [],
  )
  if (events.length > 0) add('events', objectOf([...of('events').flatMap(({ args }) => spread(args[0])), ...events], call))
  for (const method of ['provides', 'requires', 'middleware']) {
    const all = of(method).flatMap(({ args }) => args)
    add(method, listOf(all, call), of(method)[0]?.name)
  }
  add('objectExtensions', extensions(of('extend'), call), of('extend')[0]?.name)
  add('hooks', listOf(of('hook').map(hook), call), of('hook')[0]?.name)
  add('actions', listOf(of('action').map(action), call), of('action')[0]?.name)
  return objectOf(members, call) as unknown as Expression
}

/** Methods that take a name first, and what they fill. */
const BY_NAME: Readonly<Record<string, string>> = {
  dependency: 'dependencies',
  optionalDependency: 'optionalDependencies',
  conflict: 'conflicts',
  engine: 'engines',
  object: 'objects',
}

/** The calls behind `new`, the first first. */
function chainOf(call: Call): readonly Link[] | undefined {
  const links: Link[] = []
  let at: Expression = call
  while (at.type === 'CallExpression') {
    const { callee } = at
    if (callee.type !== 'MemberExpression' || callee.property.type !== 'Identifier') return undefined
    const { name, start, end } = callee.property
    links.unshift({ method: name, name: { start, end }, start, end: at.end, args: at.arguments as readonly Expression[] })
    at = callee.object as Expression
  }
  return at.type === 'NewExpression' ? links : undefined
}

function hook(link: Link): object {
  const [events, object, handler, options] = link.args
  const isOne = events !== undefined && literal(events) !== undefined
  return objectOf(
    [
      ...spread(options),
      ...(events ? [property('events', isOne ? { type: 'ArrayExpression', elements: [events], ...rangeOf(events) } : events, events)] : []),
      ...(object ? [property('object', object, object)] : []),
      ...(handler ? [property('handler', handler, handler)] : []),
    ],
    link,
  )
}

function action(link: Link): object {
  const [object, name, definition] = link.args
  return objectOf(
    [...spread(definition), ...(object ? [property('object', object, object)] : []), ...(name ? [property('name', name, name)] : [])],
    link,
  )
}

/** Calls for one object add to each other. */
function extensions(links: readonly Link[], call: Range): object | undefined {
  const byName = new Map<string, Link[]>()
  for (const link of links) {
    const name = link.args[0] && literal(link.args[0])
    if (name !== undefined) byName.set(name, [...(byName.get(name) ?? []), link])
  }
  if (byName.size === 0) return undefined
  const parts = [...byName].map(([name, [first, ...others]]) => {
    const at = (first?.args[0] ?? call) as Range
    const fields = objectOf(
      [first, ...others].flatMap((link) => spread(link?.args[1])),
      (first ?? call) as Range,
    )
    return property(name, objectOf([property('fields', fields, at)], (first ?? call) as Range), at)
  })
  return objectOf(parts, call)
}

const listOf = (elements: readonly object[], at: Range): object | undefined =>
  elements.length === 0 ? undefined : { type: 'ArrayExpression', elements, ...rangeOf(at) }

const objectOf = (properties: readonly object[], at: Range): object => ({ type: 'ObjectExpression', properties, ...rangeOf(at) })

const property = (name: string, value: object, at: Range): object => ({
  type: 'Property',
  computed: false,
  key: { ...at, type: 'type' in at && at.type === 'Literal' ? 'Literal' : 'Identifier', name, value: name },
  value,
  ...rangeOf(at),
})

const spread = (argument: Expression | undefined): readonly object[] =>
  argument === undefined ? [] : [{ type: 'SpreadElement', argument, ...rangeOf(argument) }]

const literal = (node: Expression): string | undefined =>
  node.type === 'Literal' && typeof node.value === 'string' ? node.value : undefined

const rangeOf = ({ start, end }: Range): Range => ({ start, end })
