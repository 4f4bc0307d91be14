import type { AppIr, ObjectIr } from '../../ir/object.ts'
import type { Json } from '../../source/json.ts'
import { stateEvents } from '../state-events.ts'
import type { Components, JsonMap, Reference } from './components.ts'
import { type ProblemStatus, problems } from './responses.ts'
import { ASSIGNEE, ID, INSTANCE, INSTANCE_EXAMPLE, nullable, STEP, STEP_EXAMPLE, TASK, TASK_EXAMPLE, text } from './workflow-schemas.ts'

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
    [`${root}/tasks/{task}/reassign`]: {
      post: {
        operationId: unique('reassignWorkflowTask'),
        tags: [tag],
        summary: 'Hand a task on',
        description: 'It is closed, and a new one asks somebody else: for those it is for, and for roles that may reassign.',
        parameters: [pathParameter('task', 'Id of the task.', ID)],
        requestBody: {
          ...body({ assignee: ASSIGNEE, comment: { type: 'string', maxLength: 10_000 } }, { assignee: 'user-7', comment: 'On holiday.' }, [
            'assignee',
          ]),
          required: true,
        },
        responses: { 200: answer('The new task.', task, TASK_EXAMPLE), ...problems(ACT_PROBLEMS, use) },
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
    ...Object.fromEntries(
      CHANGES.map(([what, id, summary, description]) => [
        `${root}/instances/{instance}/${what}`,
        {
          post: {
            operationId: unique(id),
            tags: [tag],
            summary,
            description,
            parameters: [pathParameter('instance', 'Id of the instance.', ID)],
            responses: {
              200: answer('The instance.', instance, INSTANCE_EXAMPLE),
              ...problems([400, 403, 404, 406, 409, 413, 415, 429, 500, 503], use),
            },
          },
        },
      ]),
    ),
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

const body = (properties: JsonMap, example: Json, required: readonly string[] = []): JsonMap => ({
  required: false,
  content: {
    'application/json': {
      schema: { type: 'object', properties, ...(required.length === 0 ? {} : { required: [...required] }), additionalProperties: false },
      example,
    },
  },
})

const CHANGES = [
  ['retry', 'retryWorkflow', 'Try again what failed', 'A failed instance goes on where it failed.'],
  ['cancel', 'cancelWorkflow', 'Cancel an instance', 'What is open will not happen; what was done stays done.'],
] as const

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
