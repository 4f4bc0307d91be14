export const ObjectSchema = { create: <Definition>(definition: Definition): Definition => definition }
