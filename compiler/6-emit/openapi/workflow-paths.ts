import type { AppIr, ObjectIr } from '../../ir/object.ts'
import type { Json } from '../../source/json.ts'
import { stateEvents } from '../state-events.ts'
import type { Components, JsonMap, Reference } from './components.ts'
import { type ProblemStatus, problems } from './responses.ts'

export interface WorkflowPlace {
  readonly use: Components
  readonly basePath: string
  readonly tag: string
  /** An operation id that no other operation has. */
  readonly unique: (id: string) => string
}

const LIST_PROBLEMS: readonly ProblemStatus[] = [400, 403, 406, 429, 500, 503]
const ACT_PROBLEMS: readonly ProblemStatus[] = [400, 403, 404, 406, 409, 413, 415, 422, 429, 500, 503]
const EVENT_PROBLEMS: readonly ProblemStatus[] = [400, 404, 406, 409, 413, 415, 422, 429, 500, 503]

const ID = '0197f0a0-7a10-7c3e-9d5b-0242ac120002'
const text: JsonMap = { type: 'string' }
const nullable: JsonMap = { type: ['string', 'null'] }
const instant: JsonMap = { type: ['string', 'null'], format: 'date-time' }

/** Tasks, instances and starting workflows; nothing for an application without workflows. */
export function workflowPaths({ workflows }: AppIr, place: WorkflowPlace): JsonMap {
  if (!workflows) return {}
  const { use, basePath, tag, unique } = place
  const root = `${basePath}/workflows`
  const list = (id: string, summary: string, item: Reference, example: Json, own: JsonMap): JsonMap => ({
    get: {
      operationId: unique(id),
      tags: [tag],
      summary,
      description: `${summary}, page by page.`,
      parameters: [...FILTERS, own],
      responses: { 200: answer('One page.', pageOf(item), { items: [example], next: null }), ...problems(LIST_PROBLEMS, use) },
    },
  })
  const task = use.shared('schemas', use.sharedName('WorkflowTask'), () => TASK)
  const instance = use.shared('schemas', use.sharedName('WorkflowInstance'), () => INSTANCE)
  const step = use.shared('schemas', use.sharedName('WorkflowStep'), () => STEP)
  const names = workflows.map(({ name }) => name)
  return {
    [`${root}/tasks`]: list(
      'listWorkflowTasks',
      'Open approvals of whoever asks',
      task,
      TASK_EXAMPLE,
      query('assignee', 'Id of a user, or name of a role or queue.'),
    ),
    [`${root}/tasks/{task}/actions/{action}`]: {
      post: {
        operationId: unique('actOnWorkflowTask'),
        tags: [tag],
        summary: 'Decide an approval',
        description: 'The record, the task and the way on change together, or not at all.',
        parameters: [pathParameter('task', 'Id of the task.', ID), pathParameter('action', 'One of the actions of the task.', 'approve')],
        requestBody: body({ comment: { type: 'string', maxLength: 10_000 } }, { comment: 'Fine with me.' }),
        responses: { 200: answer('The instance.', instance, INSTANCE_EXAMPLE), ...problems(ACT_PROBLEMS, use) },
      },
    },
    [`${root}/instances`]: list(
      'listWorkflowInstances',
      'Runs of workflows',
      instance,
      INSTANCE_EXAMPLE,
      query('state', '`running`, `completed`, `failed` …'),
    ),
    [`${root}/instances/{instance}/steps`]: {
      get: {
        operationId: unique('listWorkflowSteps'),
        tags: [tag],
        summary: 'What happened in an instance',
        description: 'Every activation of a step, in order.',
        parameters: [pathParameter('instance', 'Id of the instance.', ID)],
        responses: {
          200: answer(
            'All steps.',
            { type: 'object', properties: { items: { type: 'array', items: step } }, required: ['items'] },
            { items: [STEP_EXAMPLE] },
          ),
          ...problems([404, 406, 429, 500, 503], use),
        },
      },
    },
    [`${root}/{workflow}/start`]: {
      post: {
        operationId: unique('startWorkflow'),
        tags: [tag],
        summary: 'Start a workflow',
        description: `Workflows: ${names.map((name) => `\`${name}\``).join(', ')}.`,
        parameters: [{ ...pathParameter('workflow', 'Name of the workflow.', names[0] ?? ''), schema: { type: 'string', enum: names } }],
        requestBody: body({ record: text, variables: { type: 'object', additionalProperties: true } }, { record: ID }),
        responses: {
          201: answer('It runs.', { type: 'object', properties: { instance: text }, required: ['instance'] }, { instance: ID }),
          ...problems(ACT_PROBLEMS, use),
        },
      },
    },
  }
}

/** Events of objects with state machines. */
export const eventPaths = (objects: readonly ObjectIr[], { use, basePath, unique }: WorkflowPlace): JsonMap =>
  Object.fromEntries(
    objects.flatMap((object): readonly (readonly [string, JsonMap])[] => {
      const events = stateEvents(object)
      if (events.length === 0 || !object.methods.includes('update')) return []
      return [
        [
          `${basePath}/${encodeURIComponent(object.name.toWellFormed())}/{id}/events/{event}`,
          {
            post: {
              operationId: unique(`send${object.names.pascal}Event`),
              tags: [object.name],
              summary: `${object.label}: send an event`,
              description: 'To the state machines of the record. The body is what comes with the event.',
              parameters: [
                pathParameter('id', 'Id of the record.', ID),
                { ...pathParameter('event', 'The event.', events[0] ?? ''), schema: { type: 'string', enum: events } },
              ],
              requestBody: {
                required: false,
                content: { 'application/json': { schema: { type: 'object', additionalProperties: true }, example: {} } },
              },
              responses: {
                200: answer('The record as it is then.', { type: 'object', additionalProperties: true }, { id: ID }),
                ...problems(EVENT_PROBLEMS, use),
              },
            },
          },
        ],
      ]
    }),
  )

const answer = (description: string, schema: JsonMap | Reference, example: Json): JsonMap => ({
  description,
  content: { 'application/json': { schema, example } },
})

const body = (properties: JsonMap, example: Json): JsonMap => ({
  required: false,
  content: { 'application/json': { schema: { type: 'object', properties, additionalProperties: false }, example } },
})

const pageOf = (item: Reference): JsonMap => ({
  type: 'object',
  properties: {
    items: { type: 'array', items: item },
    next: { ...nullable, description: 'Cursor of the next page; null: this is the last.' },
  },
  required: ['items', 'next'],
})

const pathParameter = (name: string, description: string, example: string): JsonMap => ({
  name,
  in: 'path',
  required: true,
  description,
  schema: { type: 'string', minLength: 1 },
  example,
})

const query = (name: string, description: string, schema: JsonMap = text): JsonMap => ({
  name,
  in: 'query',
  required: false,
  description,
  schema,
})

const FILTERS: readonly JsonMap[] = [
  query('object', 'Name of an object.'),
  query('record', 'Id of a record.'),
  query('workflow', 'Name of a workflow.'),
  query('limit', 'How many at most.', { type: 'integer', minimum: 1, maximum: 200, default: 50 }),
  query('cursor', '`next` of the page before.'),
]

const described = (description: string, properties: JsonMap): JsonMap => ({
  type: 'object',
  description,
  properties,
  required: Object.keys(properties),
})

const TASK = described('An approval that waits for somebody.', {
  ...{ id: text, workflow: text, instance: text, step: text, label: text, object: nullable, record: nullable },
  assignee: { type: ['object', 'null'], properties: { type: text, name: text }, required: ['type', 'name'] },
  actions: {
    type: 'array',
    items: {
      type: 'object',
      properties: { name: text, label: text, isCommentRequired: { type: 'boolean' } },
      required: ['name', 'label', 'isCommentRequired'],
    },
  },
  created_at: { type: 'string', format: 'date-time' },
  due_at: { ...instant, description: 'When its time is over.' },
})

const INSTANCE = described('One run of a workflow.', {
  ...{
    id: text,
    workflow: text,
    object: nullable,
    record: nullable,
    state: text,
    outcome: nullable,
    error: nullable,
    started_by: nullable,
  },
  started_at: { type: 'string', format: 'date-time' },
  ended_at: instant,
})

const STEP = described('One activation of a step.', {
  ...{ id: text, step: text, type: text, state: text, outcome: nullable, action: nullable, comment: nullable, acted_by: nullable },
  ...{
    attempt: { type: 'integer' },
    error: nullable,
    created_at: { type: 'string', format: 'date-time' },
    due_at: instant,
    ended_at: instant,
  },
})

const START = '2030-01-01T00:00:00.000Z'
const ABOUT = { workflow: 'approval', object: 'order', record: ID }

const TASK_EXAMPLE: Json = {
  ...{ id: ID, ...ABOUT, instance: ID, step: 'ask', label: 'Ask', assignee: { type: 'role', name: 'manager' } },
  ...{ actions: [{ name: 'approve', label: 'Approve', isCommentRequired: false }], created_at: START, due_at: null },
}

const INSTANCE_EXAMPLE: Json = {
  id: ID,
  ...ABOUT,
  state: 'running',
  outcome: null,
  error: null,
  started_by: null,
  started_at: START,
  ended_at: null,
}

const STEP_EXAMPLE: Json = {
  ...{ id: ID, step: 'ask', type: 'approval', state: 'waiting', outcome: null, action: null, comment: null, acted_by: null },
  ...{ attempt: 0, error: null, created_at: START, due_at: null, ended_at: null },
}
