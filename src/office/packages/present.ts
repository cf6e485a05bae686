import type { packageFiles, packageParticipants, packages } from '../../signing/tables.ts'
import { currentOrder } from '../../signing/machine-parts.ts'
import { CERTIFICATE_NAME, type PackageState, type Participant } from '../../signing/model.ts'

const presentParticipant = (
  p: Pick<Participant, 'id' | 'order' | 'role' | 'clientId' | 'companyId' | 'status' | 'person' | 'signature'>,
) => ({
  id: p.id,
  order: p.order,
  role: p.role,
  full_name: p.person?.fullName ?? '',
  client_id: p.clientId,
  company_id: p.companyId,
  status: p.status,
  method: p.signature?.method ?? null,
  signed_at: p.signature?.at ?? null,
})

/** A package as its object holds it. */
export const presentPackage = (s: PackageState) => ({
  id: s.id,
  title: s.title,
  status: s.status,
  current_order: currentOrder(s),
  documents: s.documents.map(({ id, name, size, sha256 }) => ({ id, name, type: 'original' as const, size, sha256 })),
  participants: s.participants.map(presentParticipant),
  deadline: s.deadline,
  created_at: s.createdAt,
  updated_at: s.updatedAt,
  completed_at: s.status === 'signed' ? s.finishedAt : null,
  metadata: s.metadata,
})

export interface ListedRow {
  row: typeof packages.$inferSelect
  documents: (typeof packageFiles.$inferSelect)[]
  participants: (typeof packageParticipants.$inferSelect)[]
}

/** The same from the searchable copy. */
export const presentRow = ({ row, documents, participants }: ListedRow) => ({
  id: row.id,
  title: row.title,
  status: row.status,
  current_order: row.currentOrder ?? 1,
  documents: documents.map(({ id, name, size, sha256 }) => ({ id, name, type: 'original' as const, size, sha256 })),
  participants: participants.map((p) => ({
    id: p.id,
    order: p.order,
    role: p.role,
    full_name: p.fullName,
    client_id: p.clientId,
    company_id: p.companyId,
    status: p.status,
    method: p.method,
    signed_at: p.status === 'signed' ? p.actedAt : null,
  })),
  deadline: row.deadline,
  created_at: row.createdAt,
  updated_at: row.updatedAt || row.createdAt,
  completed_at: row.status === 'signed' ? row.finishedAt : null,
  metadata: row.metadata,
})

export interface PackageFileFacts {
  id: string
  name: string
  type: 'original' | 'stamped' | 'certificate'
  size: number
  sha256: string
}

/** Every file of a package: originals, and once it is sealed their stamped versions and the certificate. */
export function filesOf(s: PackageState): PackageFileFacts[] {
  const originals = s.documents.map(({ id, name, size, sha256 }): PackageFileFacts => ({ id, name, type: 'original', size, sha256 }))
  const stamped = (s.sealed ?? []).map(({ documentId, fileId, size, sha256 }): PackageFileFacts => {
    const name = s.documents.find((d) => d.id === documentId)?.name ?? ''
    return { id: fileId, name, type: 'stamped', size, sha256 }
  })
  const certificate = s.certificate
    ? [
        {
          id: s.certificate.fileId,
          name: CERTIFICATE_NAME,
          type: 'certificate' as const,
          size: s.certificate.size,
          sha256: s.certificate.sha256,
        },
      ]
    : []
  return [...originals, ...stamped, ...certificate]
}
