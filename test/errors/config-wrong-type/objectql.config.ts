export default {
  dialects: ['oracle'],
  api: { maxPageSize: 'many' },
}
