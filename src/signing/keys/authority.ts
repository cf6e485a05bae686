import type { Ctx } from '../../context.ts'
import { AppError } from '../../http/errors.ts'
import { sha256Hex } from '../../lib/hash.ts'
import { uuidv7 } from '../../lib/ids.ts'
import type { Certificate } from '../cms/certificate.ts'
import type { Profile } from '../pki/issue.ts'
import type { Subject } from '../pki/names.ts'
import { newKey, openKey } from './ring.ts'
import { isUnder, keyInUse, putInUse, type PlatformKey } from './rows.ts'
import { isValid, ownName, publication, serves, TERMS, validity, type Purpose } from './terms.ts'

const unavailable = (why: string) => {
  console.error(`The platform's authority: ${why}`)
  return new AppError('unavailable', 'The platform’s authority is not at work.')
}

/** Root and authority of the setting, read and checked against each other. */
async function configured(ctx: Ctx): Promise<{ root: PlatformKey; authority: PlatformKey } | undefined> {
  const given = ctx.settings.PLATFORM_AUTHORITY
  if (!given) return undefined
  const { isSignedBy, readCertificates } = await import('../cms/certificate.ts')
  let certificates: (Certificate | undefined)[]
  try {
    certificates = [given.root, given.certificate].map((pem) => readCertificates(pem)[0])
  } catch {
    throw unavailable('PLATFORM_AUTHORITY holds a certificate that cannot be read')
  }
  const [root, certificate] = certificates
  if (!root || !certificate || !isUnder(certificate, root) || !(await isSignedBy(certificate, root)))
    throw unavailable('PLATFORM_AUTHORITY holds an authority that is not of its root')
  return {
    root: { id: sha256Hex(root.der), purpose: 'root', certificate: root, wrapped: null },
    authority: { id: given.key.keyId, purpose: 'authority', certificate, wrapped: given.key },
  }
}

/** What the operator gave takes over from what is older, never from what is newer: isolates of before the change may still be at work. */
async function adopt(ctx: Ctx, given: PlatformKey): Promise<PlatformKey> {
  const now = await keyInUse(ctx, given.purpose)
  const stays = now && (now.id === given.id || now.certificate.notBefore > given.certificate.notBefore)
  return stays ? now : putInUse(ctx, now, given)
}

/** Development's own root: its key is kept like the others. */
async function ownRoot(ctx: Ctx): Promise<PlatformKey> {
  const now = await keyInUse(ctx, 'root')
  if (now && serves('root', now.certificate, ctx.now)) return now
  const [{ issueRoot, randomSerial }, { parseCertificate }] = await Promise.all([
    import('../pki/issue.ts'),
    import('../cms/certificate.ts'),
  ])
  const id = uuidv7(ctx.now.getTime())
  const { wrapped, privateKey, publicKey } = await newKey(ctx, id)
  const request = {
    subject: ownName(ctx.settings, 'root'),
    publicKey,
    serial: randomSerial(),
    ...validity(ctx, TERMS.root.years),
  }
  return putInUse(ctx, now, {
    id,
    purpose: 'root',
    certificate: parseCertificate(await issueRoot(request, privateKey)),
    wrapped,
  })
}

async function ownAuthority(ctx: Ctx): Promise<PlatformKey> {
  const root = await ownRoot(ctx)
  const now = await keyInUse(ctx, 'authority')
  if (now && isUnder(now.certificate, root.certificate) && serves('authority', now.certificate, ctx.now, root.certificate)) return now
  if (!root.wrapped) throw unavailable('its root’s key is not here')
  const [{ issueAuthority, randomSerial }, { parseCertificate }] = await Promise.all([
    import('../pki/issue.ts'),
    import('../cms/certificate.ts'),
  ])
  const id = uuidv7(ctx.now.getTime())
  const { wrapped, publicKey } = await newKey(ctx, id)
  const der = await issueAuthority(
    { certificate: root.certificate.der, key: await openKey(ctx, root.id, root.wrapped) },
    {
      subject: ownName(ctx.settings, 'authority'),
      publicKey,
      serial: randomSerial(),
      ...validity(ctx, TERMS.authority.years, root.certificate),
    },
    publication(ctx, 'root', root.certificate),
  )
  return putInUse(ctx, now, { id, purpose: 'authority', certificate: parseCertificate(der), wrapped })
}

/** The authority that issues now: the operator's, or in development one that is made on first use. */
export async function authorityInUse(ctx: Ctx): Promise<PlatformKey> {
  const given = await configured(ctx)
  if (!given && ctx.settings.ENVIRONMENT !== 'development') throw unavailable('PLATFORM_AUTHORITY is missing')
  if (!given) return ownAuthority(ctx)
  await adopt(ctx, given.root)
  const authority = await adopt(ctx, given.authority)
  if (!isValid(authority.certificate, ctx.now)) throw unavailable('its certificate is not valid now')
  return authority
}

/** A certificate of the platform's own under the authority in use; a new key where there is none, or none that serves any longer. */
export async function ownKey(ctx: Ctx, purpose: Exclude<Purpose, 'root' | 'authority'>): Promise<PlatformKey> {
  const authority = await authorityInUse(ctx)
  const now = await keyInUse(ctx, purpose)
  if (now && isUnder(now.certificate, authority.certificate) && serves(purpose, now.certificate, ctx.now, authority.certificate)) return now
  const id = uuidv7(ctx.now.getTime())
  const made = await issueUnder(ctx, authority, id, purpose, ownName(ctx.settings, purpose), TERMS[purpose].years)
  return putInUse(ctx, now, { id, purpose, ...made })
}

/** Makes a key and has the authority certify it; nothing is written yet. */
export async function issueUnder(ctx: Ctx, authority: PlatformKey, id: string, profile: Profile, subject: Subject, years: number) {
  if (!authority.wrapped) throw unavailable('its key is not here')
  const [{ issueCertificate, randomSerial }, { parseCertificate }] = await Promise.all([
    import('../pki/issue.ts'),
    import('../cms/certificate.ts'),
  ])
  const { wrapped, publicKey } = await newKey(ctx, id)
  const der = await issueCertificate(
    { certificate: authority.certificate.der, key: await openKey(ctx, authority.id, authority.wrapped) },
    profile,
    { subject, publicKey, serial: randomSerial(), ...validity(ctx, years, authority.certificate) },
    publication(ctx, 'authority', authority.certificate),
  )
  return { certificate: parseCertificate(der), wrapped }
}
