import { REGISTRY_VERSION, type Size, type Widget } from './widgets.ts'

// What a dashboard's arrangement may be, and what it becomes when widgets change. Pure.

type Partly<T> = { [K in keyof T]?: T[K] | null | undefined }
export interface Place {
  x: number
  y: number
  w: number
  h: number
}
export interface SavedItem {
  id: string
  enabled: boolean
  order: number
  size?: Partly<Size> | null | undefined
  layout?: Partly<Place> | null | undefined
}

export type Refusal = 'invalid_version' | 'unknown_widget_id' | 'duplicate_widget_id' | 'duplicate_order' | 'size_too_small'
export const REFUSALS: Record<Refusal, { status: 409 | 422; message: string }> = {
  invalid_version: { status: 409, message: 'Реестр виджетов изменился: загрузите его заново.' },
  unknown_widget_id: { status: 422, message: 'Такого виджета нет.' },
  duplicate_widget_id: { status: 422, message: 'Виджет указан дважды.' },
  duplicate_order: { status: 422, message: 'Два виджета стоят на одном месте.' },
  size_too_small: { status: 422, message: 'Размер виджета меньше наименьшего.' },
}

const sides = ['xs', 'md', 'lg'] as const
const distinct = (values: unknown[]) => new Set(values).size === values.length

/** Why settings may not be saved; undefined when they may. */
export function refusalOf(version: number, items: readonly SavedItem[], widgets: readonly Widget[]): Refusal | undefined {
  if (version !== REGISTRY_VERSION) return 'invalid_version'
  const known = new Map(widgets.map((widget) => [widget.id, widget]))
  if (items.some(({ id }) => !known.has(id))) return 'unknown_widget_id'
  if (!distinct(items.map(({ id }) => id))) return 'duplicate_widget_id'
  if (!distinct(items.map(({ order }) => order))) return 'duplicate_order'
  const small = items.some(({ id, size }) => sides.some((side) => (size?.[side] ?? Infinity) < (known.get(id)?.min_size[side] ?? 0)))
  return small ? 'size_too_small' : undefined
}

const placeOf = (layout: SavedItem['layout']) =>
  layout ? { x: layout.x ?? null, y: layout.y ?? null, w: layout.w ?? null, h: layout.h ?? null } : null

const defaultItem = ({ id, default_enabled: enabled, default_size: size }: Widget, order: number) => ({
  id,
  enabled,
  order,
  size,
  layout: null,
})

export const defaultItems = (widgets: readonly Widget[]) => widgets.map((widget, i) => defaultItem(widget, (i + 1) * 10))

/** Saved items in step with the registry: what has gone is left out, what has come stands at the end, nothing is smaller than it may be now. */
export function inStep(items: readonly SavedItem[], widgets: readonly Widget[]) {
  const known = new Map(widgets.map((widget) => [widget.id, widget]))
  const kept = items
    .flatMap(({ id, enabled, order, size, layout }) => {
      const widget = known.get(id)
      if (!widget) return []
      const side = (name: keyof Size) => Math.max(size?.[name] ?? widget.default_size[name], widget.min_size[name])
      return [{ id, enabled, order, size: { xs: side('xs'), md: side('md'), lg: side('lg') }, layout: placeOf(layout) }]
    })
    .toSorted((a, b) => a.order - b.order)
  const last = kept.at(-1)?.order ?? 0
  const news = widgets.filter(({ id }) => !kept.some((item) => item.id === id))
  return [...kept, ...news.map((widget, i) => defaultItem(widget, last + (i + 1) * 10))]
}
