import type { Json } from '../../source/json.ts'
import type { JsonMap } from './components.ts'

export const ID = '0197f0a0-7a10-7c3e-9d5b-0242ac120002'
export const text: JsonMap = { type: 'string' }
export const nullable: JsonMap = { type: ['string', 'null'] }
const instant: JsonMap = { type: ['string', 'null'], format: 'date-time' }

export const ASSIGNEE: JsonMap = {
  description: 'Id of a user, or a user, a role or a queue.',
  oneOf: [
    { type: 'string', minLength: 1, maxLength: 255 },
    {
      type: 'object',
      properties: { type: { type: 'string', enum: ['user', 'role', 'queue'] }, name: { type: 'string', minLength: 1, maxLength: 255 } },
      required: ['type', 'name'],
    },
  ],
}

const described = (description: string, properties: JsonMap): JsonMap => ({
  type: 'object',
  description,
  properties,
  required: Object.keys(properties),
})

const TASK_ASSIGNEE: JsonMap = { type: ['object', 'null'], properties: { type: text, name: text }, required: ['type', 'name'] }

export const TASK = described('An approval that waits for somebody.', {
  ...{ id: text, workflow: text, instance: text, step: text, label: text, object: nullable, record: nullable },
  assignee: TASK_ASSIGNEE,
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

export const INSTANCE = described('One run of a workflow.', {
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

export const STEP = described('One activation of a step.', {
  ...{
    id: text,
    step: text,
    type: text,
    state: text,
    assignee: TASK_ASSIGNEE,
    outcome: nullable,
    action: nullable,
    comment: nullable,
    acted_by: nullable,
  },
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

export const TASK_EXAMPLE: Json = {
  ...{ id: ID, ...ABOUT, instance: ID, step: 'ask', label: 'Ask', assignee: { type: 'role', name: 'manager' } },
  ...{ actions: [{ name: 'approve', label: 'Approve', isCommentRequired: false }], created_at: START, due_at: null },
}

export const INSTANCE_EXAMPLE: Json = {
  id: ID,
  ...ABOUT,
  state: 'running',
  outcome: null,
  error: null,
  started_by: null,
  started_at: START,
  ended_at: null,
}

export const STEP_EXAMPLE: Json = {
  ...{
    id: ID,
    step: 'ask',
    type: 'approval',
    state: 'waiting',
    assignee: { type: 'role', name: 'manager' },
    outcome: null,
    action: null,
    comment: null,
    acted_by: null,
  },
  ...{ attempt: 0, error: null, created_at: START, due_at: null, ended_at: null },
}
