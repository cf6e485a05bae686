import { importJWK, jwtVerify, SignJWT, type CryptoKey as JoseKey } from 'jose'
import type { Settings } from '../env.ts'

export const ACCESS_SECONDS = 3600
export const REFRESH_SECONDS = 14 * 86_400
const ISSUER = 'qoltanba'

export interface Claims {
  /** `user:7`, `client:<uuid>` or `operator`. */
  subject: string
  /** Organization id; null for the operator. */
  orgId: number | null
  sessionId: string
  tokenId: string
  /** Epoch milliseconds. */
  expiresAt: number
}

type Kind = 'access' | 'refresh'
type SigningKey = Settings['JWT_SIGNING_KEYS'][number]

const imported = new WeakMap<SigningKey, Promise<JoseKey | Uint8Array>>()
const published = new WeakMap<SigningKey, Promise<JoseKey | Uint8Array>>()

const publicPart = ({ d: _, ...jwk }: SigningKey) => jwk
function once(cache: typeof imported, key: SigningKey, jwk: object): Promise<JoseKey | Uint8Array> {
  const found = cache.get(key) ?? importJWK(jwk, key.alg)
  cache.set(key, found)
  return found
}

/** JWK Set (RFC 7517) of every key that may have signed a token that still lives. */
export function publicKeys(settings: Settings): { keys: object[] } {
  return { keys: settings.JWT_SIGNING_KEYS.map((key) => ({ ...publicPart(key), use: 'sig' })) }
}

/** A JWT (RFC 7519) signed by the first key; `kid` names it. */
export async function signToken(settings: Settings, kind: Kind, claims: Omit<Claims, 'expiresAt'>, now: Date): Promise<string> {
  const [key] = settings.JWT_SIGNING_KEYS
  if (!key) throw new Error('JWT_SIGNING_KEYS is empty')
  const issued = Math.floor(now.getTime() / 1000)
  return new SignJWT({ org: claims.orgId, sid: claims.sessionId, use: kind })
    .setProtectedHeader({ alg: key.alg, kid: key.kid, typ: 'JWT' })
    .setIssuer(ISSUER)
    .setSubject(claims.subject)
    .setJti(claims.tokenId)
    .setIssuedAt(issued)
    .setExpirationTime(issued + (kind === 'access' ? ACCESS_SECONDS : REFRESH_SECONDS))
    .sign(await once(imported, key, key))
}

/** The claims of a token of ours that has not expired; undefined for anything else. */
export async function readToken(settings: Settings, kind: Kind, token: string, now: Date): Promise<Claims | undefined> {
  try {
    const { payload } = await jwtVerify(
      token,
      async (header) => {
        const key = settings.JWT_SIGNING_KEYS.find((k) => k.kid === header.kid && k.alg === header.alg)
        if (!key) throw new Error('unknown key')
        return once(published, key, publicPart(key))
      },
      { issuer: ISSUER, algorithms: ['EdDSA', 'ES256'], currentDate: now, typ: 'JWT' },
    )
    const { sub, org, sid, jti, use, exp } = payload
    if (use !== kind || !sub || !jti || !exp || typeof sid !== 'string' || (org !== null && typeof org !== 'number')) return undefined
    return { subject: sub, orgId: org, sessionId: sid, tokenId: jti, expiresAt: exp * 1000 }
  } catch {
    return undefined
  }
}
