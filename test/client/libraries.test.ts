// Pages in the hands of libraries that keep state: held as they are, not copied into something that has their data and
// not their functions; and Calls in React.

import { build } from 'esbuild'
import { beforeEach, describe, expect, test } from 'vitest'
import { get, isPage, local } from '../../client/index.js'
import { Router } from '../../server/index.js'

// biome-ignore lint/suspicious/noExplicitAny: what types say is tested in test/types; some of these have none.
type Untyped = any

class User {
  readonly tags = ['a']
  constructor(readonly id: string) {}
  hi() {
    return `hi ${this.id}`
  }
}
class Status {
  readonly status = 'mine'
  readonly value = 5
}
const router = new Router({
  User,
  Status,
  owner: (user: User) => user.id,
  users: () => [new User('bob'), new User('eve')],
})

let api: Untyped
let bob: Untyped
beforeEach(async () => {
  api = await get('http://local/', { transport: local(router) })
  bob = await api.User('bob')
})

const load = (name: string): Promise<Untyped> => import(name)

/** What runs in browsers only, as a bundler would put it together for one. */
async function forBrowsers(source: string): Promise<Untyped> {
  const stdin = { contents: source, resolveDir: import.meta.dirname }
  const { outputFiles } = await build({
    stdin,
    bundle: true,
    format: 'esm',
    platform: 'browser',
    write: false,
  })
  return load(`data:text/javascript,${encodeURIComponent(outputFiles[0]?.text ?? '')}`)
}

/** What a library gives back for the page that it was given. */
const holders: readonly (readonly [string, () => unknown])[] = [
  [
    'immer',
    async () => {
      const { produce } = await load('immer')
      const state = produce({ users: [] as unknown[] }, (draft: Untyped) => {
        draft.users.push(bob)
      })
      return produce(state, (draft: Untyped) => {
        draft.count = draft.users.length
      }).users[0]
    },
  ],
  [
    'TanStack Query, twice the same',
    async () => {
      const { QueryClient, replaceEqualDeep } = await load('@tanstack/query-core')
      const client = new QueryClient()
      const options = {
        queryKey: ['bob'],
        queryFn: async () => ({ user: await api.User('bob') }),
        staleTime: 0,
      }
      await client.fetchQuery(options)
      await client.fetchQuery(options)
      expect(replaceEqualDeep({ user: await api.User('bob') }, { user: bob }).user).toBe(bob)
      return client.getQueryData(['bob']).user
    },
  ],
  [
    'Redux Toolkit',
    async () => {
      const { configureStore, createSlice } = await load('@reduxjs/toolkit')
      const slice = createSlice({
        name: 'users',
        initialState: { all: [] as unknown[] },
        reducers: { add: (state: Untyped, action: Untyped) => void state.all.push(action.payload) },
      })
      const store = configureStore({
        reducer: slice.reducer,
        middleware: (defaults: Untyped) => defaults({ serializableCheck: false }),
      })
      store.dispatch(slice.actions.add(bob))
      store.dispatch(slice.actions.add(bob))
      return store.getState().all[1]
    },
  ],
  [
    'Vue',
    async () => {
      const { reactive, ref, shallowRef, readonly, toRaw, markRaw } = await load('@vue/reactivity')
      expect(ref(bob).value).toBe(bob)
      expect(shallowRef(bob).value).toBe(bob)
      expect(readonly(bob)).toBe(bob)
      expect(toRaw(bob)).toBe(bob)
      expect(markRaw(bob)).toBe(bob)
      return reactive({ deep: [bob] }).deep[0]
    },
  ],
  [
    'Solid',
    async () => {
      const { createStore, unwrap, reconcile } = await forBrowsers(
        "export { createStore, unwrap, reconcile } from 'solid-js/store'",
      )
      const [store, set] = createStore({ users: [] as unknown[] })
      set('users', 0, bob)
      expect(unwrap(store).users[0]).toBe(bob)
      set(reconcile({ users: [bob] }))
      return store.users[0]
    },
  ],
  [
    'Svelte',
    async () => {
      const { proxy, snapshot } = await forBrowsers(
        "export { proxy, snapshot } from 'svelte/internal/client'",
      )
      const state = proxy({ users: [] as unknown[] })
      state.users.push(bob)
      expect(snapshot(state).users[0]).toBe(bob)
      return state.users[0]
    },
  ],
  [
    'lodash',
    async () => {
      const { default: _ } = await load('lodash')
      expect(_.isEqual({ user: bob }, { user: await api.User('bob') })).toBe(true)
      expect(_.isEqual({ user: bob }, { user: await api.User('eve') })).toBe(false)
      expect([_.isPlainObject(bob), _.isEmpty(bob), _.keys(bob)]).toEqual([
        false,
        false,
        ['tags', 'id'].sort(),
      ])
      expect(_.get({ bob }, 'bob.nickname', 'none')).toBe('none')
      expect(_.map(bob, (value: unknown) => value)).toHaveLength(2)
      expect(_.defaultsDeep({}, { user: bob }).user.hi).toBe(bob.hi)
      return _.merge({}, { user: bob }).user
    },
  ],
  ['a copy of what holds it', () => ({ ...{ deep: bob } }).deep],
]

test.each(holders)('%s holds a page', async (_, hold) => {
  const held: Untyped = await hold()
  expect(isPage(held)).toBe(true)
  expect(await held.hi()).toBe('hi bob')
  expect(await api.owner(held)).toBe('bob')
  expect(held.id).toBe('bob')
})

/** Copies of a page itself: what keeps prototypes has made a page again. */
const copies: readonly (readonly [string, () => unknown])[] = [
  ['lodash, deeply', async () => (await load('lodash')).default.cloneDeep({ bob }).bob],
  ['lodash', async () => (await load('lodash')).default.clone(bob)],
  ['hand', () => Object.assign(Object.create(Object.getPrototypeOf(bob)), bob)],
]

test.each(copies)('a copy with its prototype is the page, made by %s', async (_, make) => {
  for (const freeze of [false, true]) {
    if (freeze) Object.freeze(bob)
    const copy: Untyped = await make()
    expect(copy).not.toBe(bob)
    expect({ ...copy }).toEqual({ id: 'bob', tags: ['a'] })
    expect(isPage(copy)).toBe(true)
    expect(await copy.hi()).toBe('hi bob')
    expect(await api.owner(copy)).toBe('bob')
    expect([copy.then, copy.nickname]).toEqual([undefined, undefined])
    expect(await copy).toBe(copy)
  }
})

test('what cannot keep its functions refuses a page', () => {
  expect(() => structuredClone(bob)).toThrow('could not be cloned')
  expect(() => structuredClone({ bob })).toThrow('could not be cloned')
})

describe('React', () => {
  async function rendered(component: (react: Untyped) => Untyped): Promise<string> {
    const react = await load('react')
    const { renderToReadableStream } = await load('react-dom/server')
    const { createElement, Suspense } = react
    const page = createElement(Suspense, { fallback: 'wait' }, createElement(component(react)))
    const errors: unknown[] = []
    const stream = await renderToReadableStream(page, {
      onError: (error: unknown) => void errors.push(error),
    })
    await stream.allReady
    if (errors.length > 0) throw errors[0]
    return (await new Response(stream).text())
      .replaceAll('<!-- -->', '')
      .replaceAll('<!--$-->', '')
      .replaceAll('<!--/$-->', '')
  }

  test('uses a Call as any promise', async () => {
    const call = api.User('bob')
    const html = await rendered(({ use, createElement }) => () => {
      const user = use(call)
      return createElement('p', null, user.id, user.tags, isPage(user) && ' page')
    })
    expect(html).toBe('<p>boba page</p>')
    expect([call.status, call.value.id]).toEqual(['fulfilled', 'bob'])
    expect(await call.hi()).toBe('hi bob')
  })

  test('uses one that is made as it renders', async () => {
    const html = await rendered(
      ({ use, createElement }) =>
        () =>
          createElement(
            'p',
            null,
            use(api.User('bob')).id,
            use(api.users().map((user: Untyped) => user.hi())),
          ),
    )
    expect(html).toBe('<p>bobhi bobhi eve</p>')
  })

  test('shows a Call that is a child', async () => {
    const call = api.owner(bob)
    expect(
      await rendered(
        ({ createElement }) =>
          () =>
            createElement('p', null, call),
      ),
    ).toBe('<p>bob</p>')
  })

  test('is thrown what a call throws', async () => {
    const call = api.User()
    await expect(
      rendered(
        ({ use }) =>
          () =>
            use(call),
      ),
    ).rejects.toThrow('missing argument "id"')
  })

  test('takes no members from a Call that it has not been given', async () => {
    const status = api.Status()
    expect(await Promise.all([status.status, status.value])).toEqual(['mine', 5])
    await rendered(
      ({ use }) =>
        () =>
          use(status).status,
    )
    expect((await status).status).toBe('mine')
  })
})
