// Names that a peer may try, and what of a server they might reach: shared by the tests of visibility.

/** What JavaScript has on objects, functions and values, and what a class may have that no page shows. */
export const names: readonly string[] = [
  'constructor',
  '__proto__',
  'prototype',
  'toString',
  'valueOf',
  'toLocaleString',
  'hasOwnProperty',
  'isPrototypeOf',
  'propertyIsEnumerable',
  '__defineGetter__',
  '__defineSetter__',
  '__lookupGetter__',
  '__lookupSetter__',
  'then',
  'catch',
  'finally',
  'toJSON',
  'inspect',
  'Symbol(Symbol.iterator)',
  'Symbol.iterator',
  '@@iterator',
  'Symbol(Symbol.asyncIterator)',
  'Symbol(Symbol.toPrimitive)',
  'Symbol(nodejs.util.inspect.custom)',
  'context',
  'call',
  'apply',
  'bind',
  'arguments',
  'caller',
  'name',
  'push',
  'at',
  'map',
  'join',
  'concat',
  'splice',
  'get',
  'set',
  'has',
  'delete',
  'clear',
  'size',
  'keys',
  'entries',
  'forEach',
  'getTime',
  'toISOString',
  'text',
  'stream',
  'bytes',
  'arrayBuffer',
  'slice',
  '_field',
  '_method',
  '#field',
  '#method',
  'field',
  'method',
  'hush',
  'secret',
  'overridden',
  'concealed',
  'unseen',
  'helper',
  'setter',
  'was',
  'locate',
  'state',
]

/** Every own property of everything that hostile names could change, to be compared with itself later. */
export function prototypes(): string {
  const objects = [
    Object,
    Function,
    Array,
    String,
    Number,
    Boolean,
    Symbol,
    BigInt,
    Map,
    Set,
    WeakMap,
    Date,
    Promise,
    RegExp,
    Error,
    Uint8Array,
    Blob,
    Request,
    Response,
    Headers,
    URL,
    Buffer,
  ].flatMap(type => [type, type.prototype])
  return objects
    .map(object => {
      const properties = Reflect.ownKeys(object).map(key => {
        const { value, get, set } = Object.getOwnPropertyDescriptor(object, key) ?? {}
        return `${String(key)}:${identityOf(value)},${identityOf(get)},${identityOf(set)}`
      })
      return `${identityOf(Object.getPrototypeOf(object))}{${properties.join(';')}}`
    })
    .join('\n')
}

const identities = new WeakMap<object, number>()
let count = 0

/** A number for each object, so that one that was exchanged for an equal one is found. */
function identityOf(value: unknown): string {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return String(value)
  const known = identities.get(value) ?? ++count
  identities.set(value, known)
  return `#${known}`
}
