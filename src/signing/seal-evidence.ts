import type { CertificateEvidence, ContractEvidence, PackageEvidence, PartyEvidence, RouteEvidence } from '../documents/certificate.ts'
import type { CmsEvidence, PackageDocument, PackageState, Participant, SigningMethod } from './model.ts'

/** What is told on certificates and not kept with the package. */
export interface Surroundings {
  verifyUrl: string
  organization: string
  /** IANA name. */
  timeZone: string
  /** By id. */
  companies: ReadonlyMap<string, { name: string; inn: string }>
}

const basis = (state: PackageState, { verifyUrl, timeZone }: Surroundings) => ({
  packageId: state.id,
  verifyUrl,
  timeZone,
  producedAt: state.finishedAt ?? state.updatedAt,
})

const methodOf = (method: SigningMethod) => (method === 'cms' ? 'ecp' : method)
const documentFacts = ({ name, sha256 }: PackageDocument) => ({ documentName: name, documentSha256: sha256 })

/** What the certificate of document 000 says of a signed contract. */
export function contractEvidence(state: PackageState, around: Surroundings, document: PackageDocument): ContractEvidence {
  return {
    ...basis(state, around),
    ...documentFacts(document),
    // Side 1 is the company that offers the contract; those who sign are counted from 2, as document 000 shows it.
    signers: state.participants.flatMap(({ signature }, i) =>
      signature
        ? [
            {
              side: i + 2,
              fullName: signature.person.fullName,
              identifier: signature.person.identifier,
              phone: signature.person.phone,
              method: methodOf(signature.method),
              signedAt: signature.at,
            },
          ]
        : [],
    ),
  }
}

/** What the certificate appended to a document of a package says: who acted, and with which signature over this very document. */
export function routeEvidence(state: PackageState, around: Surroundings, document: PackageDocument): RouteEvidence {
  const acted = inOrder(state).filter((p) => p.actedAt !== null)
  return {
    ...basis(state, around),
    ...documentFacts(document),
    title: state.title,
    organization: around.organization,
    parties: acted.map((p) => party(p, around, (cms) => cms.documentId === document.id)),
  }
}

/** What the package's own certificate says. `trailHash` is that of the event with which the signing ended. */
export function packageEvidence(state: PackageState, around: Surroundings, trailHash: string): PackageEvidence {
  return {
    ...basis(state, around),
    title: state.title,
    organization: around.organization,
    createdAt: state.createdAt,
    finishedAt: state.finishedAt ?? state.updatedAt,
    documents: state.documents.map(({ name, sha256 }) => ({ name, sha256 })),
    parties: inOrder(state).map((p) => party(p, around, () => true)),
    trailHash,
  }
}

const inOrder = ({ participants }: PackageState) => participants.toSorted((a, b) => a.order - b.order)

function party(p: Participant, { companies }: Surroundings, of: (cms: CmsEvidence) => boolean): PartyEvidence {
  const { signature } = p
  const person = signature?.person ?? p.person
  const cms = signature?.cms?.filter(of) ?? []
  return {
    fullName: person?.fullName ?? '',
    role: p.role,
    identifier: person?.identifier ?? null,
    inn: person?.inn ?? null,
    phone: person?.phone ?? null,
    company: (p.companyId === null ? undefined : companies.get(p.companyId)) ?? null,
    acted: p.actedAt === null ? null : { at: p.actedAt, method: signature ? methodOf(signature.method) : null },
    // What seals a code is the platform's own certificate, which says nothing of the signer.
    certificates: signature?.method === 'sms' ? [] : distinct(cms),
    timestamp: cms.findLast(({ timestamp }) => timestamp !== null)?.timestamp ?? null,
  }
}

/** Each document may have been signed with another certificate. */
function distinct(cms: readonly CmsEvidence[]): CertificateEvidence[] {
  const bySha = new Map(cms.map(({ certificate, revocation }) => [certificate.sha256, { certificate, revocation }]))
  return Array.from(bySha.values(), ({ certificate: { subject, issuer, serialNumber, notBefore, notAfter }, revocation }) => ({
    subject,
    issuer,
    serialNumber,
    notBefore,
    notAfter,
    revocation,
  }))
}
