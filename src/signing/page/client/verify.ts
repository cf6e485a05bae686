import { h } from './dom.ts'

/** The check page's script: hashes a dropped file here and compares it with what the page lists. */
const zone = document.querySelector<HTMLElement>('#drop')
const input = document.querySelector<HTMLInputElement>('#file')
const result = document.querySelector<HTMLElement>('#result')

async function sha256(file: File): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', await file.arrayBuffer())
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

function show(kind: 'good' | 'bad' | 'busy', ...children: (Node | string)[]): void {
  result?.replaceChildren(h('div', { class: `outcome ${kind}` }, ...children))
}

async function check(file: File, words: DOMStringMap): Promise<void> {
  show('busy', h('span', { class: 'spinner small', 'aria-hidden': 'true' }), words.busy ?? '')
  let hash: string
  try {
    hash = await sha256(file)
  } catch {
    return show('bad', words.failed ?? '')
  }
  const documents = [...document.querySelectorAll<HTMLElement>('#documents > li')]
  const original = documents.find(({ dataset }) => dataset.original === hash)
  const stamped = documents.find(({ dataset }) => dataset.stamped === hash)
  const certificate = documents.find(({ dataset }) => dataset.certificate === hash)
  const found = stamped ?? original ?? certificate
  const said = stamped ? words.stamped : original ? words.original : certificate ? words.certificate : words.none
  const sentence = (said ?? '').replace('{}', () => found?.dataset.name ?? '')
  show(
    found ? 'good' : 'bad',
    h('strong', {}, sentence),
    h('p', { class: 'hint' }, `${words.hash ?? ''}: `, h('code', { class: 'hash' }, hash)),
  )
}

if (zone && input) {
  const take = (files: FileList | null | undefined): void => {
    const file = files?.[0]
    if (file) void check(file, zone.dataset)
  }
  input.addEventListener('change', () => {
    take(input.files)
    // the same file may be chosen again
    input.value = ''
  })
  for (const name of ['dragenter', 'dragover']) {
    zone.addEventListener(name, (event) => {
      event.preventDefault()
      zone.classList.add('over')
    })
  }
  zone.addEventListener('dragleave', () => zone.classList.remove('over'))
  zone.addEventListener('drop', (event) => {
    event.preventDefault()
    zone.classList.remove('over')
    take(event.dataTransfer?.files)
  })
  // a file that misses the zone must not replace the page
  for (const name of ['dragover', 'drop']) addEventListener(name, (event) => event.preventDefault())
}
