import * as z from 'zod'
import { AppError } from './http/errors.ts'

const count = (fallback: number) => z.coerce.number().int().min(0).max(1_000_000_000).default(fallback)
const seconds = (fallback: number) => z.coerce.number().int().min(1).default(fallback)
/** The address of a feed; a date may stand in it. */
const feed = z
  .string()
  .max(1000)
  .refine(
    (text) => text === 'off' || /^https?:$/.test(URL.parse(text.replaceAll('{date}', '0'))?.protocol ?? ''),
    'must be a web address, or off',
  )
const flag = z.enum(['true', 'false']).transform((v) => v === 'true')

const signingKey = z.object({
  kid: z.string().min(1),
  kty: z.string(),
  alg: z.enum(['EdDSA', 'ES256']),
  d: z.string(),
  crv: z.string(),
  x: z.string(),
  y: z.string().optional(),
})

/** A variable that holds JSON. */
const json = <T extends z.ZodType>(schema: T) =>
  z
    .string()
    .transform((text, ctx): unknown => {
      try {
        return JSON.parse(text)
      } catch {
        ctx.addIssue({ code: 'custom', message: 'is not JSON' })
        return z.NEVER
      }
    })
    .pipe(schema)

/** A key at rest, as `signing/pki/wrap.ts` writes it. */
const wrappedKey = z.object({
  v: z.literal(1),
  keyId: z.uuid(),
  alg: z.literal('ES256'),
  kid: z.string(),
  dek: z.string(),
  iv: z.string(),
  key: z.string(),
})
const pem = z
  .string()
  .max(100_000)
  .regex(/-----BEGIN CERTIFICATE-----/, 'must be PEM')

/** Every variable and secret that the service reads; README › Configuration lists them. Money is in tiyn. */
const schema = z.object({
  ENVIRONMENT: z.enum(['development', 'production']),
  PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
  /** At least 32 random bytes, base64: the root from which keys for codes, stored answers and queued secrets are derived. */
  APP_SECRET: z.string().min(43),
  /** Private JWKs with `kid` and `alg`; the first signs, all verify. */
  JWT_SIGNING_KEYS: json(z.array(signingKey).min(1)),
  /** From kid to a key of 32 bytes, base64: the first wraps the private keys that the service holds, all unwrap. */
  KEY_ENCRYPTION_KEYS: json(
    z
      .record(
        // A kid of digits alone would lose its place: JSON objects list such names first.
        z.string().regex(/^(?!\d+$)[\w.-]{1,64}$/),
        z.string().regex(/^[A-Za-z0-9+/_-]{43}=?$/, 'must be base64 of 32 bytes'),
      )
      .refine((keys) => Object.keys(keys).length > 0, 'is empty'),
  ).transform((keys) => JSON.stringify(keys)),
  /** Who runs the service, in the platform's own certificates. */
  PLATFORM_NAME: z.string().min(1).max(64).default('Qoltanba'),
  PLATFORM_COUNTRY: z.enum(['KZ', 'RU']).default('KZ'),
  /** The authority that issues our certificates, its key wrapped; the root's key stays with the operator. Development makes both itself. */
  PLATFORM_AUTHORITY: json(z.object({ root: pem, certificate: pem, key: wrappedKey })).optional(),
  /** What the root has revoked, in base64: made where the root's key is, and anew before it is out of date. */
  PLATFORM_ROOT_CRL: z.base64().max(100_000).optional(),
  /** The time-stamping authority; without it the built-in one stamps, and says so. */
  TSA_URL: z.url({ protocol: /^https?$/ }).optional(),
  TSA_POLICY: z
    .string()
    .regex(/^[012](\.\d+)+$/, 'must be an object identifier')
    .optional(),
  /** The whole `Authorization` header. */
  TSA_AUTHORIZATION: z.string().optional(),
  /** PEM of whom the authority's certificate must lead to; without it the operator's trust anchors. */
  TSA_CERTIFICATES: pem.optional(),
  /** Whether authorities are asked about revocation (OCSP, then CRL) where a signer's certificate says where. */
  REVOCATION_CHECK: z
    .enum(['on', 'off'])
    .default('on')
    .transform((v) => v === 'on'),
  /** Whether a signature of which revocation is not known is refused; else it is taken, and `unknown` is recorded. */
  REVOCATION_REQUIRED: flag.default(false),
  OPERATOR_EMAIL: z.email(),
  OPERATOR_PASSWORD: z.string().min(12),
  TIME_ZONE: z.string().default('Asia/Almaty'),
  TRIAL_SMS_SIGNATURES: count(10),
  TRIAL_ECP_SIGNATURES: count(5),
  /** What a new organization's back office may have: people and projects. */
  TRIAL_MAX_USERS: count(50),
  TRIAL_MAX_PROJECTS: count(20),
  SMS_SIGNATURE_PRICE: count(100_00),
  ECP_SIGNATURE_PRICE: count(300_00),
  PAYMENT_REQUEST_TTL_SECONDS: seconds(7 * 86_400),
  PAYMENT_CALLBACK_SECRET: z
    .string()
    .regex(/^(whsec_)?[A-Za-z0-9+/]{32,}={0,2}$/, 'must be base64 of at least 24 bytes')
    .optional(),
  /** Days for which a new organization tries the service out, until its subscriber agreement is signed. */
  AGREEMENT_TRIAL_DAYS: count(14),
  /** ESIA (Госуслуги): its address, our system's name there, the certificate that is registered for it with its key (PKCS#8), and the certificate by which ESIA signs its tokens. */
  ESIA_URL: z.url({ protocol: /^https?$/ }).optional(),
  ESIA_CLIENT_ID: z.string().min(1).max(100).optional(),
  ESIA_CERTIFICATE: pem.optional(),
  ESIA_PRIVATE_KEY: z
    .string()
    .max(20_000)
    .regex(/-----BEGIN PRIVATE KEY-----/, 'must be PEM (PKCS#8)')
    .optional(),
  ESIA_TOKEN_CERTIFICATE: pem.optional(),
  /** What `client_certificate_hash` is, where ESIA wants another than GOST R 34.11-2012 of the certificate. */
  ESIA_CERTIFICATE_HASH: z
    .string()
    .regex(/^[0-9A-F]{64,128}$/, 'must be capital hexadecimal digits')
    .optional(),
  /** Госключ: the portal's API (ЕПГУ), the organization's key to it, its INN, and the code (ОКАТО) of its region. Requests are signed as for ESIA. */
  GOSKEY_URL: z.url({ protocol: /^https?$/ }).optional(),
  GOSKEY_API_KEY: z.string().min(1).max(200).optional(),
  GOSKEY_ORG_INN: z
    .string()
    .regex(/^(\d{10}|\d{12})$/, 'must be an INN')
    .optional(),
  GOSKEY_REGION: z
    .string()
    .regex(/^\d{2,11}$/, 'must be a code of ОКАТО')
    .default('45000000000'),
  /** What one person may keep among the personal files. */
  PERSONAL_FILES_QUOTA_MB: count(1024),
  /** The accounting system: an HTTP service of a 1С base (login and password), or СБИС (access token); `none` exchanges nothing. */
  ACCOUNTING_PROVIDER: z.enum(['none', '1c', 'sbis']).default('none'),
  ACCOUNTING_URL: z.url({ protocol: /^https?$/ }).optional(),
  ACCOUNTING_LOGIN: z.string().min(1).max(200).optional(),
  ACCOUNTING_SECRET: z
    .string()
    .max(1000)
    .regex(/^[\x21-\x7e]+$/, 'must be ASCII')
    .optional(),
  CODE_TTL_SECONDS: seconds(300),
  CODE_RESEND_SECONDS: seconds(60),
  LOGIN_FAILURES_PER_ACCOUNT: count(8),
  LOGIN_FAILURES_PER_ADDRESS: count(50),
  LOGIN_WINDOW_SECONDS: seconds(900),
  SMS_PROVIDER: z.enum(['outbox', 'mobizon', 'smsc', 'http']).default('outbox'),
  SMS_SENDER: z.string().max(11).optional(),
  SMS_TIMEOUT_MS: count(10_000),
  MOBIZON_API_KEY: z.string().optional(),
  MOBIZON_BASE_URL: z.url().default('https://api.mobizon.kz'),
  SMSC_LOGIN: z.string().optional(),
  SMSC_PASSWORD: z.string().optional(),
  SMSC_API_KEY: z.string().optional(),
  SMSC_BASE_URL: z.url().default('https://smsc.kz'),
  /** Generic provider: see `HttpSmsSettings`. */
  SMS_HTTP: json(z.record(z.string(), z.unknown())).optional(),
  /** A resolver (DNS over HTTPS, JSON) that is asked whether a new e-mail's domain takes mail; without it none is. */
  MAIL_DNS_URL: z.url({ protocol: /^https$/ }).optional(),
  /** How mail goes out. `none`: it does not, and the log says so each time. */
  MAIL_TRANSPORT: z.enum(['none', 'outbox', 'smtp', 'binding']).default('none'),
  MAIL_FROM: z.string().min(3).max(200).default('Qoltanba <no-reply@localhost>'),
  /** A domain of which all mail comes to this Worker: mail servers report there what they can't deliver. Without it none is asked to. */
  MAIL_BOUNCE_DOMAIN: z
    .string()
    .max(200)
    .regex(/^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$/, 'must be a domain in small letters')
    .optional(),
  SMTP_HOST: z.string().optional(),
  SMTP_PORT: z.coerce.number().int().min(1).max(65535).default(587),
  /** Off only for a server on the same machine. */
  SMTP_TLS: flag.default(true),
  SMTP_USER: z.string().optional(),
  SMTP_PASSWORD: z.string().optional(),
  WEBHOOKS_ALLOW_LOCAL: flag.default(false),
  /** Official rates, `{date}` being the day that is asked for; `off` reads none. Development reads none by itself. */
  RATES_KZ_URL: feed.default('https://nationalbank.kz/rss/get_rates.cfm?fdate={date}'),
  RATES_RU_URL: feed.default('https://www.cbr.ru/scripts/XML_daily.asp?date_req={date}'),
  /** What is put upon the official rate when selling, and taken off when buying, in hundredths of a per cent. */
  RATES_MARGIN: z.coerce.number().int().min(0).max(5000).default(20),
  /** RSS feeds, by the names that their news are shown with. */
  NEWS_FEEDS: json(z.array(z.object({ name: z.string().min(1).max(100), url: z.url({ protocol: /^https?$/ }) })).max(20)).default([]),
})

export type Settings = z.infer<typeof schema>

const DEVELOPMENT: Record<string, string> = {
  PUBLIC_URL: 'http://127.0.0.1:8787',
  OPERATOR_EMAIL: 'operator@example.com',
  OPERATOR_PASSWORD: 'operator-dev-password',
  LOGIN_FAILURES_PER_ADDRESS: '10000',
  MAIL_TRANSPORT: 'outbox',
  WEBHOOKS_ALLOW_LOCAL: 'true',
  RATES_KZ_URL: 'off',
  RATES_RU_URL: 'off',
}

const PROVIDER_SECRETS: Record<string, (s: Settings) => string | undefined> = {
  outbox: (s) =>
    s.ENVIRONMENT === 'production' ? 'SMS_PROVIDER: outbox keeps messages to itself; choose mobizon, smsc or http' : undefined,
  mobizon: (s) => (s.MOBIZON_API_KEY ? undefined : 'MOBIZON_API_KEY is missing'),
  smsc: (s) =>
    s.SMSC_API_KEY || (s.SMSC_LOGIN && s.SMSC_PASSWORD) ? undefined : 'SMSC_API_KEY, or SMSC_LOGIN and SMSC_PASSWORD, are missing',
  http: (s) => (s.SMS_HTTP ? undefined : 'SMS_HTTP is missing'),
}

/** Parses the variables; throws one `Error` that names each bad one (never its value). */
export function parseSettings(source: Record<string, unknown>): Settings {
  const strings = Object.fromEntries(Object.entries(source).filter(([, v]) => typeof v === 'string' && v !== ''))
  const defaults = strings.ENVIRONMENT === 'development' ? DEVELOPMENT : {}
  const parsed = schema.safeParse({ ...defaults, ...strings })
  const problems = parsed.success
    ? [
        PROVIDER_SECRETS[parsed.data.SMS_PROVIDER]?.(parsed.data),
        !parsed.data.PUBLIC_URL && 'PUBLIC_URL is missing',
        parsed.data.ENVIRONMENT === 'production' && !parsed.data.PLATFORM_AUTHORITY && 'PLATFORM_AUTHORITY is missing',
        parsed.data.ACCOUNTING_PROVIDER !== 'none' &&
          !(parsed.data.ACCOUNTING_URL && parsed.data.ACCOUNTING_SECRET) &&
          'ACCOUNTING_URL and ACCOUNTING_SECRET are missing',
        // Tokens and passports go there.
        ...(['ESIA_URL', 'GOSKEY_URL', 'ACCOUNTING_URL'] as const).map(
          (name) => parsed.data.ENVIRONMENT === 'production' && parsed.data[name]?.startsWith('http:') && `${name} must be https`,
        ),
      ].filter(Boolean)
    : parsed.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`)
  if (!parsed.success || problems.length > 0) throw new Error(`Configuration: ${problems.join('; ')}`)
  return parsed.data
}

const cache = new WeakMap<object, Settings>()

/** The settings of this isolate, parsed once. A bad variable is told in the log; callers get 503 without its name. */
export function settingsOf(env: Env): Settings {
  const known = cache.get(env)
  if (known) return known
  try {
    const parsed = parseSettings(env as unknown as Record<string, unknown>)
    cache.set(env, parsed)
    return parsed
  } catch (error) {
    console.error(error instanceof Error ? error.message : 'Configuration: unreadable')
    throw new AppError('unavailable', 'The service is not configured.')
  }
}
