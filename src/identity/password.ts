import { nodeCrypto } from '../lib/node.ts'

const PARAMETERS = { N: 16_384, r: 8, p: 1 }
const KEY_BYTES = 32

const derive = (password: string, salt: Buffer, { N, r, p }: typeof PARAMETERS, length: number) =>
  new Promise<Buffer>((resolve, reject) => {
    nodeCrypto().scrypt(password.normalize('NFKC'), salt, length, { N, r, p, maxmem: 256 * N * r }, (error, key) =>
      error ? reject(error) : resolve(key),
    )
  })

/** scrypt (RFC 7914) as `scrypt$N$r$p$salt$key`, base64: the parameters are stored, so that they can be raised. */
export async function hashPassword(password: string): Promise<string> {
  const salt = nodeCrypto().randomBytes(16)
  const key = await derive(password, salt, PARAMETERS, KEY_BYTES)
  return ['scrypt', PARAMETERS.N, PARAMETERS.r, PARAMETERS.p, salt.toString('base64'), key.toString('base64')].join('$')
}

/** A hash that no password has: verified in place of a missing account, so that both take the same time. */
const NOBODY = `scrypt$${PARAMETERS.N}$8$1$AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=`

/** Whether the password is the one of the hash; constant-time. `null` stands for an account that does not exist. */
export async function verifyPassword(password: string, stored: string | null): Promise<boolean> {
  const [, N, r, p, salt = '', key = ''] = (stored ?? NOBODY).split('$')
  const want = Buffer.from(key, 'base64')
  const got = await derive(password, Buffer.from(salt, 'base64'), { N: Number(N), r: Number(r), p: Number(p) }, want.length)
  return nodeCrypto().timingSafeEqual(got, want) && stored !== null
}
