import { text } from '../answers.ts'
import { loadPlugin } from './cryptopro-plugin.ts'
import type { Plugin } from './cryptopro-plugin.ts'
import { commonName } from './names.ts'
import { bareBase64, failed } from './provider.ts'
import type { KeyCertificate, KeyFailure, KeyProvider } from './provider.ts'

/** CryptoPro's browser plug-in: objects of CAdESCOM whose properties and methods all answer with promises. Numbers are its own constants. */
const CURRENT_USER_STORE = 2
const MAXIMUM_ALLOWED = 2
const FIND_SHA1_HASH = 0
const FIND_TIME_VALID = 9
const INCLUDE_WHOLE_CHAIN = 1
const BASE64_TO_BINARY = 1
const SIGNING_TIME = 0
const CADES_BES = 1

interface Certificates {
  Count: Promise<number>
  Item: (index: number) => Promise<Certificate>
  Find: (by: number, what?: string) => Promise<Certificates>
}
interface Certificate {
  SubjectName: Promise<string>
  IssuerName: Promise<string>
  Thumbprint: Promise<string>
  ValidToDate: Promise<string>
  HasPrivateKey: () => Promise<boolean>
}
interface Store {
  Open: (location: number, name: string, mode: number) => Promise<void>
  Close: () => Promise<void>
  Certificates: Promise<Certificates>
}
interface Attribute {
  propset_Name: (name: number) => Promise<void>
  propset_Value: (value: Date) => Promise<void>
}
interface Signer {
  propset_Certificate: (certificate: Certificate) => Promise<void>
  propset_Options: (options: number) => Promise<void>
  AuthenticatedAttributes2: Promise<{ Add: (attribute: Attribute) => Promise<void> }>
}
interface SignedData {
  propset_ContentEncoding: (encoding: number) => Promise<void>
  propset_Content: (content: string) => Promise<void>
  SignCades: (signer: Signer, type: number, isDetached: boolean) => Promise<string>
}

/** SCARD_W_CANCELLED_BY_USER, ERROR_CANCELLED, NTE_USER_CANCELLED. */
const CANCELLED = /0x(8010006E|800704C7|000004C7|80090036)/i

function failureOf(error: unknown): KeyFailure {
  const message = text(typeof error === 'object' && error !== null && 'message' in error ? error.message : error)
  return CANCELLED.test(message ?? '') ? failed('cancelled') : failed('refused', message)
}

async function withStore<T>(plugin: Plugin, work: (certificates: Certificates) => Promise<T>): Promise<T> {
  const store = await plugin.CreateObjectAsync<Store>('CAdESCOM.Store')
  await store.Open(CURRENT_USER_STORE, 'My', MAXIMUM_ALLOWED)
  try {
    return await work(await store.Certificates)
  } finally {
    await store.Close()
  }
}

/** What may sign now: within its dates, and with the key at hand. */
async function listCertificates(all: Certificates): Promise<KeyCertificate[]> {
  const valid = await all.Find(FIND_TIME_VALID)
  const count = await valid.Count
  const found: KeyCertificate[] = []
  for (let i = 1; i <= count; i++) {
    const it = await valid.Item(i)
    if (!(await it.HasPrivateKey().catch(() => false))) continue
    found.push({
      id: await it.Thumbprint,
      owner: commonName(await it.SubjectName),
      issuer: commonName(await it.IssuerName),
      validTo: await it.ValidToDate,
    })
  }
  return found
}

async function signWith(plugin: Plugin, certificate: Certificate, base64: string): Promise<string> {
  const signer = await plugin.CreateObjectAsync<Signer>('CAdESCOM.CPSigner')
  await signer.propset_Certificate(certificate)
  await signer.propset_Options(INCLUDE_WHOLE_CHAIN)
  const time = await plugin.CreateObjectAsync<Attribute>('CADESCOM.CPAttribute')
  await time.propset_Name(SIGNING_TIME)
  await time.propset_Value(new Date())
  await (await signer.AuthenticatedAttributes2).Add(time)
  const data = await plugin.CreateObjectAsync<SignedData>('CAdESCOM.CadesSignedData')
  // before the content, which is converted as it is set
  await data.propset_ContentEncoding(BASE64_TO_BINARY)
  await data.propset_Content(base64)
  return bareBase64(await data.SignCades(signer, CADES_BES, true))
}

export const openKeys: KeyProvider['openKeys'] = async (_lang, signal) => {
  const plugin = await loadPlugin(signal)
  if ('failure' in plugin) return plugin
  try {
    const certificates = await withStore(plugin, listCertificates)
    if (certificates.length === 0) return failed('empty')
    return {
      certificates,
      async sign(base64, certificateId = '') {
        try {
          return await withStore(plugin, async (all) => {
            const found = await all.Find(FIND_SHA1_HASH, certificateId)
            if ((await found.Count) === 0) return failed('empty')
            return signWith(plugin, await found.Item(1), base64)
          })
        } catch (error) {
          return failureOf(error)
        }
      },
    }
  } catch (error) {
    return failureOf(error)
  }
}
