// The way from the root to what a request is for: namespaces, then a function, or a class, an object and its method.

import type { Target } from '../../core/registration/mappers.js'
import { visibleKeys } from '../../core/registration/members.js'
import type { RequestedPage } from '../../core/responses/representation.js'
import { segmentOf, segmentsOf } from '../../core/urls/paths.js'
import { nameIn } from './titles.js'

/** A step of the way. */
export interface Crumb {
  readonly label: string
  readonly path: string
}

export function crumbsTo(target: Target | undefined, { path, root }: RequestedPage): readonly Crumb[] {
  const crumbs: Crumb[] = [{ label: root, path: '/' }]
  if (target === undefined) return crumbs
  let reached = '/'
  for (const segment of segmentsOf(target.mapper.path).filter(segment => segment !== '')) {
    reached += `${segmentOf(segment)}/`
    crumbs.push({ label: segment, path: reached })
  }
  if (!('instance' in target)) {
    for (const segment of target.kind === 'function' ? (target.below ?? []) : []) {
      reached += `${segmentOf(segment)}/`
      crumbs.push({ label: segment, path: reached })
    }
    return crumbs
  }
  // The object stands in the place of its class: that has a form, which makes others.
  const { instance, mapper } = target
  const own = target.kind === 'method' ? path.slice(0, path.lastIndexOf('/', path.length - 2) + 1) : path
  const name = nameIn(instance as Readonly<Record<string, unknown>>, visibleKeys(instance))
  crumbs[crumbs.length - 1] = {
    label: name === undefined ? mapper.name : `${mapper.name} ${name}`,
    path: own,
  }
  if (target.kind === 'method') crumbs.push({ label: target.name, path })
  return crumbs
}
