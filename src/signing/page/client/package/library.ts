import type { PackageTexts } from '../../package-texts.ts'
import { announce, h } from '../dom.ts'
import { ApiError } from '../http.ts'
import { createViewer } from '../viewer.ts'
import type { Viewer } from '../viewer.ts'
import type { SignedFile } from './answers.ts'
import type { PackageApi } from './api.ts'

/** The package's documents, one open at a time: fifty of them at once would fill a phone. */
export interface Library {
  element: HTMLElement
  total: number
  /** Documents that were looked at to their end. */
  seen: () => number
  /** Pages of the open document, once it is there. */
  pages: () => { seen: number; total: number } | undefined
  /** Opens the first document unless one was opened before. */
  begin: () => void
  /** Goes on to the first page that was not looked at, of the open document or the next. */
  next: () => void
  setTexts: (t: PackageTexts) => void
  onSeen: (listener: () => void) => void
}

interface Item {
  file: SignedFile
  element: HTMLElement
  toggle: HTMLButtonElement
  name: HTMLElement
  mark: HTMLElement
  size: HTMLElement
  download: HTMLAnchorElement
  panel: HTMLElement
  viewer: Viewer | undefined
  isOpen: boolean
  isSeen: boolean
}

const scrollingTo = (element: Element): void =>
  element.scrollIntoView({ block: 'start', behavior: matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth' })

function makeItem(file: SignedFile, url: string, i: number): Item {
  const panelId = `document-${i + 1}`
  const name = h('span', { class: 'file-name' }, file.name)
  const mark = h('span', { class: 'file-mark' })
  const size = h('span', { class: 'file-size' })
  const toggle = h(
    'button',
    { type: 'button', class: 'file-toggle', 'aria-expanded': 'false', 'aria-controls': panelId },
    name,
    h('span', { class: 'file-facts' }, size, mark),
  )
  const download = h('a', { class: 'file-download', href: url, download: file.name })
  const panel = h('div', { id: panelId, class: 'file-panel', hidden: true })
  const element = h('li', { class: 'file' }, h('div', { class: 'file-head' }, h('h3', {}, toggle), download), panel)
  return { file, element, toggle, name, mark, size, download, panel, viewer: undefined, isOpen: false, isSeen: false }
}

export function createLibrary(api: PackageApi, files: readonly SignedFile[], texts: PackageTexts): Library {
  let t = texts
  let listener = (): void => undefined
  const items = files.map((file, i) => makeItem(file, api.fileUrl(file.id), i))

  function label(item: Item): void {
    item.size.textContent = t.documents.size(item.file.size / 1024)
    item.mark.textContent = item.isSeen ? `✓ ${t.documents.seen}` : ''
    item.toggle.title = item.isOpen ? t.documents.hide : t.documents.show
    item.download.textContent = t.documents.downloadShort
    item.download.setAttribute('aria-label', t.documents.download(item.file.name))
  }

  function close(item: Item): void {
    item.isOpen = false
    item.toggle.setAttribute('aria-expanded', 'false')
    item.panel.hidden = true
    item.panel.replaceChildren()
    item.viewer?.destroy()
    item.viewer = undefined
    label(item)
  }

  function saw(item: Item): void {
    item.isSeen = true
    label(item)
    listener()
  }

  function offer(item: Item, error: unknown): void {
    // The service could not be reached: that passes. Anything else is this browser's, which may still know what to do with the file itself.
    const isPassing = error instanceof ApiError
    const way = isPassing
      ? h('button', { type: 'button', class: 'button secondary', onclick: () => void load(item) }, t.retry)
      : h(
          'a',
          {
            class: 'button secondary',
            href: api.fileUrl(item.file.id),
            target: '_blank',
            rel: 'noopener noreferrer',
            onclick: () => saw(item),
          },
          t.viewer.open,
        )
    const sentence = isPassing ? t.documents.notLoaded : t.documents.failed
    item.panel.replaceChildren(h('div', { class: 'notice' }, h('p', { role: 'alert' }, sentence), way))
  }

  async function load(item: Item): Promise<void> {
    item.panel.replaceChildren(
      h('div', { class: 'state' }, h('span', { class: 'spinner', 'aria-hidden': 'true' }), h('p', {}, t.documents.loading)),
    )
    try {
      const viewer = await createViewer(await api.file(item.file.id), api.fileUrl(item.file.id), t.viewer)
      if (!item.isOpen || item.viewer) return viewer.destroy()
      item.viewer = viewer
      viewer.setTexts(t.viewer)
      viewer.onSeen(() => (viewer.seen() === viewer.total ? saw(item) : listener()))
      item.panel.replaceChildren(viewer.element)
      listener()
    } catch (error) {
      if (item.isOpen) offer(item, error)
    }
  }

  function open(item: Item): void {
    for (const other of items) if (other !== item && other.isOpen) close(other)
    item.isOpen = true
    item.toggle.setAttribute('aria-expanded', 'true')
    item.panel.hidden = false
    label(item)
    void load(item)
    listener()
  }

  for (const item of items) {
    item.toggle.addEventListener('click', () => {
      if (item.isOpen) close(item)
      else open(item)
      listener()
    })
    label(item)
  }

  const seen = (): number => items.filter(({ isSeen }) => isSeen).length
  return {
    element: h('ol', { class: 'files' }, ...items.map(({ element }) => element)),
    total: items.length,
    seen,
    pages() {
      const viewer = items.find(({ isOpen }) => isOpen)?.viewer
      return viewer && { seen: viewer.seen(), total: viewer.total }
    },
    begin() {
      const [first] = items
      if (first && !items.some(({ isOpen, isSeen }) => isOpen || isSeen)) open(first)
    },
    next() {
      const current = items.find(({ isOpen, isSeen }) => isOpen && !isSeen)
      if (current) {
        if (current.viewer) current.viewer.showUnseen()
        else scrollingTo(current.panel)
        return
      }
      const following = items.find(({ isSeen }) => !isSeen)
      if (!following) return
      open(following)
      announce(`${t.documents.left(items.length - seen())}: ${following.file.name}`)
      scrollingTo(following.element)
    },
    setTexts(next) {
      t = next
      for (const item of items) {
        item.viewer?.setTexts(t.viewer)
        label(item)
      }
    },
    onSeen: (next) => (listener = next),
  }
}
