// The smallest server and its client: functions are forms, what is safe is a link, defaults are the server's.

import { Router, safe, serve } from 'hyperglyph'
import { get } from 'hyperglyph/client'

const router = new Router({
  hello: (name = 'World') => `Hello ${name}`,
  add: (a: number, b: number) => a + b,
  today: safe(() => new Date(Date.UTC(2012, 6, 1))),
})

const server = await serve(router, { port: 0 })
const api = await get<typeof router>(server.url)

console.log(api)
console.log(await api.hello())
console.log(await api.hello('you'))
console.log(await api.add(2, 40))
console.log(await api.today())

await server.close()
