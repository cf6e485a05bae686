/** ESIA (Госуслуги) as an OAuth 2.0 / OpenID Connect provider: `v2/ac`, `v3/te` and the data of the person (Методические рекомендации по использованию ЕСИА). */
import { compactVerify, decodeJwt, decodeProtectedHeader, importX509 } from 'jose'
import * as z from 'zod'
import type { Ctx } from '../../context.ts'
import { AppError } from '../../http/errors.ts'
import { nodeCrypto } from '../../lib/node.ts'
import { utf8 } from '../../lib/hash.ts'
import { fromBase64, toBase64Url } from '../../lib/ids.ts'
import { callService, certificateHash, clientSecret, objectOf } from '../authority.ts'
import { fullNameOf, type EsiaPerson } from './profile.ts'

const SERVICE = 'ESIA'
/** What is asked for: what the agreement has fields for, and by what Госключ finds the person. */
const SCOPE = 'openid fullname birthdate id_doc snils inn email mobile addresses'
const SKEW_S = 120

export interface EsiaSettings {
  url: string
  clientId: string
  redirectUri: string
  tokenCertificate: string
}

/** The settings, where ESIA is set up. */
export function esiaSettings({ settings: s }: Pick<Ctx, 'settings'>): EsiaSettings | undefined {
  const { ESIA_URL: url, ESIA_CLIENT_ID: clientId, ESIA_TOKEN_CERTIFICATE: tokenCertificate } = s
  if (!url || !clientId || !tokenCertificate || !s.ESIA_CERTIFICATE || !s.ESIA_PRIVATE_KEY) return undefined
  const redirectUri = `${(s.PUBLIC_URL ?? '').replace(/\/+$/, '')}/api/v1/agreement/esia/callback`
  return { url: url.replace(/\/+$/, ''), clientId, redirectUri, tokenCertificate: tokenCertificate.replaceAll('\\n', '\n') }
}

/** `2026.03.01 15:20:30 +0300`: Moscow's time, which is ESIA's. */
const timestampOf = (now: Date) =>
  `${new Date(now.getTime() + 3 * 3_600_000).toISOString().slice(0, 19).replace(/-/g, '.').replace('T', ' ')} +0300`

/** PKCE (RFC 7636), S256. */
const challengeOf = (verifier: string) => toBase64Url(new Uint8Array(nodeCrypto().createHash('sha256').update(verifier).digest()))

/** What both requests carry: who asks and when, signed. The signature is over the values as they stand, one after the other. */
async function signedRequest(ctx: Ctx, { clientId, redirectUri }: EsiaSettings, state: string, code = ''): Promise<Record<string, string>> {
  const timestamp = timestampOf(ctx.now)
  const secret = await clientSecret(ctx, utf8(clientId + SCOPE + timestamp + state + redirectUri + code))
  return {
    client_id: clientId,
    client_secret: secret,
    client_certificate_hash: await certificateHash(ctx),
    scope: SCOPE,
    timestamp,
    state,
    redirect_uri: redirectUri,
  }
}

/** Where the person logs in and agrees to give the data. */
export async function authorizationUrl(
  ctx: Ctx,
  settings: EsiaSettings,
  { state, nonce, verifier }: { state: string; nonce: string; verifier: string },
): Promise<string> {
  const query = new URLSearchParams({
    ...(await signedRequest(ctx, settings, state)),
    response_type: 'code',
    access_type: 'online',
    nonce,
    code_challenge: challengeOf(verifier),
    code_challenge_method: 'S256',
  })
  return `${settings.url}/aas/oauth2/v2/ac?${query.toString()}`
}

const refused = (what: string) => {
  console.warn(JSON.stringify({ level: 'warn', where: SERVICE, what }))
  return new AppError('bad_request', 'ESIA did not confirm the login.')
}

/** Whether ESIA signed the token: RS256 and ES256, or GOST R 34.10-2012, as which ESIA has its own names. */
async function isSigned(token: string, certificate: string): Promise<boolean> {
  const { alg = '' } = decodeProtectedHeader(token)
  if (alg === 'RS256' || alg === 'ES256') {
    await compactVerify(token, await importX509(certificate, alg))
    return true
  }
  const [, bits] = /^GOST3410_2012_(256|512)$/.exec(alg) ?? []
  if (bits === undefined) return false
  const [{ readCertificates }, { verifyBare }] = await Promise.all([
    import('../../signing/cms/certificate.ts'),
    import('../../signing/cms/signature.ts'),
  ])
  const [signer] = readCertificates(certificate)
  if (signer?.publicKey.kind !== 'gost' || signer.publicKey.hash !== `streebog-${bits}`) return false
  const [head = '', body = '', signature = ''] = token.split('.')
  return verifyBare(signer.publicKey, utf8(`${head}.${body}`), fromBase64(signature))
}

const Claims = z.object({
  iss: z.url(),
  exp: z.number(),
  nbf: z.number().optional(),
  aud: z.union([z.string(), z.array(z.string())]).optional(),
  client_id: z.string().optional(),
  nonce: z.string().optional(),
  sub: z.union([z.string(), z.number()]).transform(String).optional(),
  'urn:esia:sbj_id': z.union([z.string(), z.number()]).transform(String).optional(),
})

/** The claims of a token of ESIA's that holds now. @throws AppError `bad_request` */
async function claimsOf(ctx: Ctx, settings: EsiaSettings, token: unknown): Promise<z.output<typeof Claims>> {
  if (typeof token !== 'string') throw refused('no token')
  const now = ctx.now.getTime() / 1000
  let holds = false
  let claims: z.output<typeof Claims>
  try {
    holds = await isSigned(token, settings.tokenCertificate)
    claims = Claims.parse(decodeJwt(token))
  } catch {
    throw refused('a token that can’t be read, or is signed by another')
  }
  if (!holds) throw refused('a token that is signed by another, or in a way that is not known')
  if (new URL(claims.iss).host !== new URL(settings.url).host) throw refused('a token of another issuer')
  if (claims.exp < now - SKEW_S || (claims.nbf ?? 0) > now + SKEW_S) throw refused('a token that does not hold now')
  return claims
}

const holds = ({ aud }: z.output<typeof Claims>, clientId: string) => [aud].flat().includes(clientId)

/** Exchanges the code; gives the person's number and the token that opens its data. @throws AppError `bad_request`, `unavailable` */
export async function exchangeCode(
  ctx: Ctx,
  settings: EsiaSettings,
  { code, nonce, verifier }: { code: string; nonce: string; verifier: string },
): Promise<{ oid: string; accessToken: string }> {
  const state = crypto.randomUUID()
  const body = new URLSearchParams({
    ...(await signedRequest(ctx, settings, state, code)),
    code,
    grant_type: 'authorization_code',
    token_type: 'Bearer',
    code_verifier: verifier,
  })
  const answer = await callService(SERVICE, `${settings.url}/aas/oauth2/v3/te`, { method: 'POST', body })
  const { access_token: accessToken, id_token: idToken, state: same, error_description: why } = objectOf(answer)
  if (answer.status !== 200) throw refused(`the code was refused: ${typeof why === 'string' ? (/ESIA-\d{6}/.exec(why)?.[0] ?? '') : ''}`)
  if (same !== state) throw refused('an answer to another request')
  const [identity, access] = await Promise.all([claimsOf(ctx, settings, idToken), claimsOf(ctx, settings, accessToken)])
  if (!holds(identity, settings.clientId)) throw refused('a token for another system')
  if (access.client_id !== undefined && access.client_id !== settings.clientId) throw refused('a token for another system')
  if (identity.nonce !== nonce) throw refused('a token of another login')
  const oid = access['urn:esia:sbj_id']
  if (oid === undefined || !/^\d{1,20}$/.test(oid) || identity.sub !== oid) throw refused('tokens of two persons')
  return { oid, accessToken: String(accessToken) }
}

/** What ESIA knows of the person and the person has agreed to give. @throws AppError `bad_request`, `unavailable` */
export async function fetchPerson(settings: EsiaSettings, oid: string, accessToken: string): Promise<EsiaPerson> {
  const get = async (path: string, without: number[] = []) => {
    const headers = { authorization: `Bearer ${accessToken}`, accept: 'application/json' }
    const answer = await callService(SERVICE, `${settings.url}/rs/prns/${oid}${path}`, { headers })
    if (without.includes(answer.status)) return {}
    if (answer.status !== 200) throw refused(`the data was refused: ${answer.status}`)
    return objectOf(answer)
  }
  // A list of which there is nothing, or of which the person gave nothing, is an empty one.
  const elements = async (path: string) => {
    const { elements } = await get(`${path}?embed=(elements)`, [204, 403, 404])
    return Array.isArray(elements) ? elements.filter((e): e is Record<string, unknown> => typeof e === 'object' && e !== null) : []
  }
  const [person, documents, addresses, contacts] = await Promise.all([get(''), elements('/docs'), elements('/addrs'), elements('/ctts')])
  const found = { person, documents, addresses, contacts }
  if (fullNameOf(found) === '') throw refused('a person without a name')
  return found
}
