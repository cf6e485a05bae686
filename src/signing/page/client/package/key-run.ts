import type { KeyCertificate, KeyFailure, KeyProvider, Keys } from '../keys/provider.ts'
import { announce } from '../dom.ts'
import { ApiError } from '../http.ts'
import type { Signature } from './api.ts'
import type { PackageApp, Program } from './app.ts'
import { isStillToAct, sentenceOf } from './trouble.ts'

/** Why signing with a key stopped: the program's reason, a document that is not the one, or what the service said. */
export type RunFailure =
  | KeyFailure
  | { failure: 'document' }
  | { failure: 'rejected'; reasons: readonly string[] }
  | { failure: 'service'; error: ApiError }

/** Signing all documents with one's own key, one after another. It outlives the view that shows it, so that the language may change meanwhile. */
export interface KeyRun {
  program: Program
  phase: 'connecting' | 'choosing' | 'signing' | 'sending' | 'failed'
  /** What was signed so far. Kept when something fails, so that nobody enters a password for it twice. */
  signatures: Signature[]
  certificates: KeyCertificate[]
  certificateId: string | undefined
  failure: RunFailure | undefined
  /** Set by the view that shows it. */
  onChange: () => void
  choose: (certificateId: string) => void
  retry: () => void
  stop: () => void
}

const CHUNK = 0x8000

function toBase64(bytes: Uint8Array): string {
  let binary = ''
  for (let at = 0; at < bytes.length; at += CHUNK) binary += String.fromCharCode(...bytes.subarray(at, at + CHUNK))
  return btoa(binary)
}

const loadProvider = (program: Program): Promise<KeyProvider> =>
  import(new URL(`${program}.js`, import.meta.url).href).catch(() => Promise.reject(new ApiError('network')))

/** Begins to sign and shows it. */
export function startKeyRun(app: PackageApp, program: Program): void {
  let stopping = new AbortController()
  const run: KeyRun = {
    program,
    phase: 'connecting',
    signatures: [],
    certificates: [],
    certificateId: undefined,
    failure: undefined,
    onChange: () => undefined,
    choose(certificateId) {
      run.certificateId = certificateId
      void go()
    },
    retry: () => void go(),
    stop() {
      stopping.abort()
      app.run = undefined
    },
  }
  const isLeft = (): boolean => app.run !== run
  let keys: Keys | undefined

  function show(phase: KeyRun['phase'], failure?: RunFailure): void {
    if (isLeft()) return
    run.phase = phase
    run.failure = failure
    if (phase === 'failed') {
      stopping.abort()
      keys = undefined
    }
    run.onChange()
  }

  /** Whether there is something to sign with now. */
  async function prepare(): Promise<Keys | undefined> {
    if (keys) return keys
    show('connecting')
    stopping = new AbortController()
    const { openKeys } = await loadProvider(program)
    const opened = await openKeys(app.lang, stopping.signal)
    if ('failure' in opened) show('failed', opened)
    else if (!isLeft()) keys = opened
    return keys
  }

  /** Signs what is left; tells whether all is signed. */
  async function signAll(): Promise<boolean> {
    const documents = app.answer?.documents ?? []
    while (run.signatures.length < documents.length && !isLeft()) {
      const file = documents[run.signatures.length]
      const ready = await prepare()
      if (!file || !ready || isLeft()) return false
      if (ready.certificates && run.certificateId === undefined) {
        run.certificates = ready.certificates
        show('choosing')
        return false
      }
      show('signing')
      announce(app.t.key.progress(run.signatures.length + 1, documents.length))
      let bytes: Uint8Array
      try {
        bytes = await app.api.original(file)
      } catch (error) {
        show('failed', { failure: 'document' })
        if (error instanceof ApiError && (error.kind === 'gone' || error.kind === 'notFound')) app.fail(error)
        return false
      }
      if (isLeft()) return false
      const cms = await ready.sign(toBase64(bytes), run.certificateId)
      if (typeof cms !== 'string') {
        // perhaps another one can
        if (cms.failure === 'refused' && run.signatures.length === 0) run.certificateId = undefined
        show('failed', cms)
        return false
      }
      run.signatures.push({ file_id: file.id, cms })
    }
    return !isLeft()
  }

  async function go(): Promise<void> {
    try {
      if (!(await signAll())) return
      show('sending')
      announce(app.t.key.sending)
      await app.api.signByKey(run.signatures)
      run.stop()
      await app.load()
    } catch (error) {
      await refuse(error)
    }
  }

  async function refuse(error: unknown): Promise<void> {
    if (isLeft()) return
    if (!(error instanceof ApiError)) return app.fail(error, app.load)
    if (error.kind === 'invalid') {
      // Another key has to sign everything anew.
      run.signatures = []
      run.certificateId = undefined
      return show('failed', { failure: 'rejected', reasons: error.sentences })
    }
    if (error.kind === 'conflict' ? await isStillToAct(app) : sentenceOf(error, app.t) !== undefined) {
      return show('failed', { failure: 'service', error })
    }
    if (error.kind !== 'conflict') app.fail(error, app.load)
  }

  app.run?.stop()
  app.run = run
  app.go('key')
  void go()
}
