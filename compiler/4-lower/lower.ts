import { isJsonObject } from '../3-link/attributes.ts'
import { compareText } from '../3-link/compare.ts'
import type { LinkedSeed, Model } from '../3-link/model.ts'
import type { ResolvedConfig } from '../config/config.ts'
import { freezeDeep } from '../ir/freeze-deep.ts'
import type { AppIr, MetadataIr, SeedIr } from '../ir/object.ts'
import type { Lock } from '../lock/lock.ts'
import type { Json } from '../source/json.ts'
import { allocateNames } from './allocate-names.ts'
import { allocateTables } from './allocate-tables.ts'
import { lowerConfigSchemas } from './lower-config-schemas.ts'
import { lowerObject } from './lower-object.ts'
import { lowerMiddleware, lowerPlugin } from './lower-plugin.ts'
import type { ValueContext } from './lower-value.ts'
import { withTrash } from './with-trash.ts'

/**
 * The IR of a linked model without errors: names, columns, value kinds and defaults settled, implicit fields added, everything
 * frozen and in a fixed order. What the lock recorded wins over what would be chosen afresh.
 */
export function lower(model: Model, config: ResolvedConfig, lock: Lock): AppIr {
  const namesByObject = allocateNames(
    model.objects.map(({ name }) => name),
    lock.objects,
  )
  const tableByObject = allocateTables(model.objects, lock.objects)
  const fieldsByObject = new Map(model.objects.map((object) => [object.name, object.fields]))
  const context: ValueContext = {
    areOptionsOpen: config.types.openOptions,
    summedField: ({ summary }) => fieldsByObject.get(summary?.object ?? '')?.find(({ name }) => name === summary?.field),
  }
  const pluginOrder = new Map(model.plugins.map(({ name }, position) => [name.value, position]))
  const objects = model.objects.map((object) => {
    const names = namesByObject.get(object.name)
    const table = tableByObject.get(object.name)
    if (names === undefined || table === undefined) throw new Error(`The object "${object.name}" got no names.`)
    return lowerObject(object, {
      ...context,
      names,
      table,
      locked: lock.objects.get(object.name),
      children: model.children.get(object.name) ?? [],
      isObject: (name) => fieldsByObject.has(name),
      workflows: watching(model, object.name),
      middleware: (model.middleware ?? []).filter((one) => one.objects.includes(object.name)),
      pluginOrder,
    })
  })
  const label = appLabel(model)
  return Object.freeze({
    name: config.name,
    ...(label === undefined ? {} : { label }),
    objects: Object.freeze(withTrash(objects, model.objects)),
    seeds: Object.freeze(model.seeds.map(lowerSeed)),
    metadata: Object.freeze(lowerMetadata(model)),
    plugins: freezeDeep(model.plugins.map(lowerPlugin)),
    ...aroundRequests(model),
    configSchemas: freezeDeep(lowerConfigSchemas(model.configSchemas)),
    ...(model.workflows ? { workflows: freezeDeep(model.workflows) } : {}),
  })
}

/** Modules of the workflows that records of an object start, in the order they do. */
const watching = ({ workflows = [] }: Model, name: string): readonly string[] =>
  workflows
    .filter(({ object, on }) => object === name && on.length > 0)
    .toSorted(({ priority: one = USUAL_PRIORITY }, { priority: two = USUAL_PRIORITY }) => one - two)
    .map(({ file }) => file)

const USUAL_PRIORITY = 100

function aroundRequests({ middleware = [] }: Model): Pick<AppIr, 'restMiddleware'> {
  const around = middleware.filter(({ on }) => on === 'rest')
  return around.length === 0 ? {} : { restMiddleware: freezeDeep(around.map(lowerMiddleware)) }
}

function appLabel({ documents }: Model): string | undefined {
  const app = documents.find(({ type }) => type === 'app')
  const label = isJsonObject(app?.body) ? app.body['label'] : undefined
  return typeof label === 'string' && label !== '' ? label : undefined
}

const lowerSeed = ({ object, mode, key, records, span }: LinkedSeed): SeedIr => freezeDeep({ object, mode, key, records, span })

function lowerMetadata({ documents, plugins, translations }: Model): readonly MetadataIr[] {
  const fromDocuments = documents.map((document): MetadataIr => {
    const { type, name, object, package: owner, body, span } = document
    return freezeDeep({
      type,
      name,
      ...(object === undefined ? {} : { object }),
      ...(owner === undefined ? {} : { package: owner }),
      tags: tagsOf(document.body),
      body,
      span,
    })
  })
  const fromPlugins = plugins.map(
    ({ name, body, span }): MetadataIr => freezeDeep({ type: 'plugin', name: name.value, tags: tagsOf(body), body, span }),
  )
  const fromTranslations = translations.map(
    ({ locale, body, span }): MetadataIr => freezeDeep({ type: 'translation', name: locale, tags: [], body, span }),
  )
  return [...fromDocuments, ...fromPlugins, ...fromTranslations].sort((a, b) => compareText(a.type, b.type) || compareText(a.name, b.name))
}

/** `tags: [a, b]` of a document, for finding it again. */
function tagsOf(body: Json): readonly string[] {
  const tags = isJsonObject(body) ? body['tags'] : undefined
  return Array.isArray(tags) ? tags.filter((tag) => typeof tag === 'string') : []
}
