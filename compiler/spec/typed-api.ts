/** One object, as hooks and actions read and write it. */
export interface TypedObject<Record> {
  find(query?: object): Promise<Record[]>
  /** Null when there is none. */
  findOne(idOrQuery: string | object): Promise<Record | null>
  get(id: string): Promise<Record | null>
  count(filter?: object): Promise<number>
  create(record: Partial<Record>): Promise<Record>
  insert(record: Partial<Record>): Promise<Record>
  update(id: string, record: Partial<Record>): Promise<Record>
  updateMany(filter: object, record: Partial<Record>): Promise<number>
  /** Creates a record, or changes the one that has the same values in the fields of `on`: a unique key, or the id (default). */
  upsert(record: Partial<Record>, options?: { readonly on?: readonly (keyof Record & string)[] }): Promise<Record>
  delete(id: string): Promise<boolean>
  deleteMany(filter: object): Promise<number>
  /** Runs an action of the object. */
  execute(action: string, id: string | undefined, params?: object): Promise<unknown>
}

/** Reading and writing by name of the object. `Records`: the record of each. */
export interface TypedApi<Records> {
  object<Name extends keyof Records>(name: Name): TypedObject<Records[Name]>
  find<Name extends keyof Records>(object: Name, query?: object): Promise<Records[Name][]>
  findOne<Name extends keyof Records>(object: Name, idOrQuery: string | object): Promise<Records[Name] | null>
  count(object: keyof Records, filter?: object): Promise<number>
  create<Name extends keyof Records>(object: Name, record: Partial<Records[Name]>): Promise<Records[Name]>
  insert<Name extends keyof Records>(object: Name, record: Partial<Records[Name]>): Promise<Records[Name]>
  update<Name extends keyof Records>(object: Name, id: string, record: Partial<Records[Name]>): Promise<Records[Name]>
  delete(object: keyof Records, id: string): Promise<boolean>
  /** All or nothing; inside of a transaction a savepoint. */
  transaction<Result>(work: (api: TypedApi<Records>) => Promise<Result> | Result): Promise<Result>
  readonly doc: {
    get<Name extends keyof Records>(object: Name, id: string): Promise<Records[Name] | null>
    create<Name extends keyof Records>(object: Name, record: Partial<Records[Name]>): Promise<Records[Name]>
    update<Name extends keyof Records>(object: Name, id: string, record: Partial<Records[Name]>): Promise<Records[Name]>
    delete(object: keyof Records, id: string): Promise<boolean>
  }
}
