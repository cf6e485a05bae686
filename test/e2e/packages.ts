/** Packages as a company's system makes them, for the tests of the page that their participants see. */
import { PDFDocument, StandardFonts } from 'pdf-lib'
import type { Company } from '../../.tools/demo-steps.ts'
import { pause } from './service.ts'

export interface MadePackage {
  id: string
  status: string
  documents: { id: string; name: string; sha256: string; type: string }[]
  participants: { id: string; status: string }[]
}

export interface Link {
  id: string
  token: string
}

export interface NewParticipant {
  order?: number
  role?: 'signer' | 'approver' | 'viewer'
  person: { full_name: string; phone?: string; iin?: string; inn?: string }
  methods?: ('sms' | 'cms' | 'server')[]
}

const OFFICE = '/api/v1/office'
const LINE = 'The parties agree that the works are done in time and paid for in time.'

/** A PDF with something on every page. */
export async function makePdf(title: string, pages: number): Promise<Uint8Array> {
  const pdf = await PDFDocument.create()
  const font = await pdf.embedFont(StandardFonts.Helvetica)
  for (let i = 1; i <= pages; i++) {
    const page = pdf.addPage([595, 842])
    page.drawText(`${title}, page ${i}`, { x: 60, y: 760, size: 24, font })
    for (let line = 0; line < 30; line++) page.drawText(LINE, { x: 60, y: 700 - line * 20, size: 11, font })
  }
  return pdf.save()
}

/** A package that is on its way, of documents with so many pages. */
export async function makePackage(
  { api }: Company,
  title: string,
  pages: readonly number[],
  participants: readonly NewParticipant[],
  more: object = {},
): Promise<MadePackage> {
  const documents = await Promise.all(
    pages.map(async (count, i) => ({
      name: i === 0 ? 'Договор поставки № 17.pdf' : `Приложение ${i}.pdf`,
      content_base64: Buffer.from(await makePdf(`Document ${i + 1}`, count)).toString('base64'),
    })),
  )
  const route = participants.map((participant) => ({ order: 1, role: 'signer', ...participant }))
  return api.call('POST', `${OFFICE}/packages`, { title, documents, participants: route, ...more })
}

export const getPackage = ({ api }: Company, { id }: MadePackage): Promise<MadePackage> => api.call('GET', `${OFFICE}/packages/${id}`)

/** A link for a participant by its place in the package. */
export const makeLink = ({ api }: Company, made: MadePackage, place = 0, ttlSeconds = 3600): Promise<Link> =>
  api.call('POST', `${OFFICE}/packages/${made.id}/signing-links`, {
    participant_id: made.participants[place]?.id,
    ttl_seconds: ttlSeconds,
  })

/** Waits for a status that comes after the answer, by sealing or by cron. */
export async function statusOf(company: Company, made: MadePackage, wanted: string): Promise<string> {
  for (let i = 0; ; i++) {
    const { status } = await getPackage(company, made)
    if (status === wanted || i === 50) return status
    await pause(200)
  }
}
