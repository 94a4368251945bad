// The way from the root to what a request is for: namespaces, then a function, or a class, an object and its method.

import type { Target } from '../../core/registration/mappers.js'
import { visibleKeys } from '../../core/registration/members.js'
import type { RequestedPage } from '../../core/responses/representation.js'
import { segmentOf, segmentsOf } from '../../core/urls/paths.js'
import { nameIn } from './titles.js'

/** A step of the way. */
export interface Breadcrumb {
  readonly label: string
  readonly path: string
}

export function breadcrumbsTo(
  target: Target | undefined,
  { path, root }: RequestedPage,
): readonly Breadcrumb[] {
  const breadcrumbs: Breadcrumb[] = [{ label: root, path: '/' }]
  if (target === undefined) return breadcrumbs
  let reached = '/'
  for (const segment of segmentsOf(target.mapper.path).filter(segment => segment !== '')) {
    reached += `${segmentOf(segment)}/`
    breadcrumbs.push({ label: segment, path: reached })
  }
  if (!('instance' in target)) {
    for (const segment of target.kind === 'function' ? (target.below ?? []) : []) {
      reached += `${segmentOf(segment)}/`
      breadcrumbs.push({ label: segment, path: reached })
    }
    return breadcrumbs
  }
  // The object stands in the place of its class: that has a form, which makes others.
  const { instance, mapper } = target
  const own = target.kind === 'method' ? path.slice(0, path.lastIndexOf('/', path.length - 2) + 1) : path
  const name = nameIn(instance as Readonly<Record<string, unknown>>, visibleKeys(instance))
  breadcrumbs[breadcrumbs.length - 1] = {
    label: name === undefined ? mapper.name : `${mapper.name} ${name}`,
    path: own,
  }
  if (target.kind === 'method') breadcrumbs.push({ label: target.name, path })
  return breadcrumbs
}
