import { PDFArray, PDFDict, PDFDocument, PDFName, PDFRawStream } from 'pdf-lib'
import { describe, expect, it } from 'vitest'
import { certificateAround, packageCertificate } from '../../src/documents/certificate-file.ts'
import type { CertificateEvidence, PackageEvidence, PartyEvidence, RouteEvidence } from '../../src/documents/certificate.ts'
import { stampedSource } from '../../src/signing/pades/signable.ts'
import { pdfReadings } from './read-pdf.ts'

const sha256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
const basis = {
  packageId: '0197a3c4-5d6e-7f80-9a1b-2c3d4e5f6071',
  verifyUrl: 'https://qoltanba.example/verify/0197a3c4-5d6e-7f80-9a1b-2c3d4e5f6071',
  producedAt: '2025-06-21T17:05:00Z',
  title: 'Сделка 15 – Договор - №7',
  organization: 'ТОО «Құрылыс Сервис»',
}
const certificate: CertificateEvidence = {
  subject: String.raw`CN=ҚАСЫМОВ ӘЛИХАН,SERIALNUMBER=IIN123456789011,O=ТОО \"Ромашка\",C=KZ`,
  issuer: 'CN=ҰКО 3.0,C=KZ',
  serialNumber: '3f2a99c1d04e7b6a',
  notBefore: '2025-01-01T00:00:00Z',
  notAfter: '2026-01-01T00:00:00Z',
  revocation: 'unknown',
}
const bySms: PartyEvidence = {
  fullName: 'Сейтқазыұлы Нұрғиса Әбдірахманұлы',
  role: 'signer',
  identifier: '087557886546',
  inn: null,
  phone: '+77645787557',
  company: null,
  acted: { at: '2025-06-21T17:04:48Z', method: 'sms' },
  certificates: [],
  timestamp: { at: '2025-06-21T17:04:49Z', authority: 'CN=Inner', internal: true },
}
const byKey: PartyEvidence = {
  ...bySms,
  fullName: 'Łukasz Żółć',
  identifier: null,
  inn: '500100732259',
  phone: null,
  company: { name: 'ООО «Лютик»', inn: '7707083893' },
  acted: { at: '2025-06-21T16:00:00Z', method: 'ecp' },
  certificates: [certificate, { ...certificate, serialNumber: '77', revocation: 'good' }],
  timestamp: { at: '2025-06-21T16:00:01Z', authority: 'CN=TSA,O=Outer', internal: false },
}
const approver: PartyEvidence = {
  ...bySms,
  role: 'approver',
  fullName: 'Ёлкина Анна',
  acted: { at: '2025-06-21T15:00:00Z', method: null },
  timestamp: null,
}
const spared: PartyEvidence = { ...bySms, fullName: 'Һәсенова Іңкәр', acted: null, timestamp: null }
const viewer: PartyEvidence = { ...spared, role: 'viewer', fullName: 'Қонақ' }

const whole = (parties: PartyEvidence[]): PackageEvidence => ({
  ...basis,
  createdAt: '2025-06-20T10:00:00Z',
  finishedAt: '2025-06-21T17:04:48Z',
  documents: [{ name: 'Договор.pdf', sha256 }],
  parties,
  trailHash: 'ab'.repeat(32),
})
const route = (parties: PartyEvidence[]): RouteEvidence => ({ ...basis, documentName: 'Договор.pdf', documentSha256: sha256, parties })

async function blank(): Promise<Uint8Array> {
  const doc = await PDFDocument.create({ updateMetadata: false })
  doc.addPage([595, 842])
  return doc.save()
}
/** Everything that the file shows, in whichever font. */
const shown = async (pdf: Uint8Array) => (await pdfReadings(pdf)).join('\n')
const squash = (text: string) => text.replaceAll(/\s+/g, '')
const missing = async (pdf: Uint8Array, texts: string[]) => {
  const all = await shown(pdf)
  return texts.filter((text) => !all.includes(squash(text)))
}

describe('the certificate of a package', () => {
  it('tells of the package, its documents, and what each participant did', async () => {
    const few = await packageCertificate(whole([bySms, approver, viewer]))
    expect(
      await missing(few, [
        'Сертификат онлайн подписания',
        basis.title,
        basis.organization,
        basis.packageId,
        '20.06.2025, 15:00:00 (UTC+05:00)',
        '1. Договор.pdf',
        sha256,
        '1. Сейтқазыұлы Нұрғиса Әбдірахманұлы',
        'Подписано',
        '21.06.2025, 22:04:48 (UTC+05:00)',
        'одноразовый код из SMS',
        '087557886546',
        '+77645787557',
        '21.06.2025, 22:04:49 (UTC+05:00), внутренняя служба платформы',
        '2. Ёлкина Анна',
        'Согласовано',
        '21.06.2025, 20:00:00 (UTC+05:00)',
        '3. Қонақ',
        'Наблюдатель',
        'ab'.repeat(32),
        basis.verifyUrl,
        'стр. 1 из 1',
      ]),
    ).toEqual([])
  })

  it('tells of keys in full', async () => {
    const two = await packageCertificate(whole([byKey, spared]))
    expect(
      await missing(two, [
        'электронная цифровая подпись (ЭЦП)',
        'ИНН: ',
        '500100732259',
        'ООО «Лютик», 7707083893',
        'CN=ҚАСЫМОВ ӘЛИХАН, SERIALNUMBER=IIN123456789011, O=ТОО "Ромашка", C=KZ',
        'CN=ҰКО 3.0, C=KZ',
        '3f2a99c1d04e7b6a',
        'с 01.01.2025 по 01.01.2026',
        'статус отзыва не установлен',
        'не отозван',
        'CN=TSA, O=Outer',
        'Подпись не потребовалась',
      ]),
    ).toEqual([])
  })

  it('is compact for a long route, and tells the same', async () => {
    const parties = Array.from({ length: 100 }, (_, i) => [bySms, byKey, approver, spared, viewer][i % 5] ?? bySms)
    const many = await packageCertificate(whole(parties))
    const doc = await PDFDocument.load(many)
    expect(doc.getPageCount()).toBeLessThan(10)
    expect(
      await missing(
        many,
        parties.map((p, i) => `${i + 1}. ${p.fullName}`),
      ),
    ).toEqual([])
    expect(await missing(many, ['ИНН 500100732259', 'Сертификат 77: CN=ҚАСЫМОВ', 'стр. 7 из', 'Проверка подлинности'])).toEqual([])
  })

  it('shows letters that few names have, each with a font that has it', async () => {
    const out = await packageCertificate(whole([{ ...byKey, fullName: 'Łukasz Żółć Țepeș ☑ αβγ' }]))
    const all = await shown(out)
    for (const letters of ['1.ŁukaszŻółćȚepeș', 'αβγ', '☑']) expect(all).toContain(letters)
  })

  it('is the same for the same evidence', async () => {
    expect(await packageCertificate(whole([bySms, byKey]))).toEqual(await packageCertificate(whole([bySms, byKey])))
  })
})

describe('the certificate in a document of a package', () => {
  it('tells who signed it', async () => {
    const source = await stampedSource(await blank(), route([bySms, byKey]))
    const out = typeof source === 'function' ? source().write().bytes : source
    expect(
      await missing(out, [
        'Кто подписал',
        'Кім қол қойды',
        bySms.fullName,
        'ключа: CN=ҚАСЫМОВ',
        'SHA-256 подписанного документа',
        sha256,
        `Подписано через Qoltanba · ${basis.packageId} · 21.06.2025, 22:04:48 (UTC+05:00) · стр. 1 из`,
      ]),
    ).toEqual([])
  })

  it('carries a document that its author certified against changes, untouched', async () => {
    const doc = await PDFDocument.load(await blank())
    const reference = { TransformMethod: 'DocMDP', TransformParams: { P: 1 } }
    const signature = doc.context.register(doc.context.obj({ Type: 'Sig', Reference: [reference] }))
    doc.catalog.set(PDFName.of('Perms'), doc.context.obj({ DocMDP: signature }))
    const certified = await doc.save()
    const out = await stampedSource(certified, route([bySms]))
    if (typeof out === 'function') throw new Error('it was drawn on')
    expect(out).toEqual(await certificateAround(certified, route([bySms])))
    expect(await missing(out, ['приложен к этому файлу целиком и без изменений', bySms.fullName])).toEqual([])
    const cover = await PDFDocument.load(out)
    const files = cover.catalog.lookup(PDFName.of('AF'), PDFArray).lookup(0, PDFDict)
    const attached = files.lookup(PDFName.of('EF'), PDFDict).lookup(PDFName.of('F'))
    expect(attached instanceof PDFRawStream && Buffer.compare(attached.contents, certified)).toBe(0)
  })
})
