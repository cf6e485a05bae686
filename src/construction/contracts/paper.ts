import { eq, sql } from 'drizzle-orm'
import { orgOf, type Ctx } from '../../context.ts'
import { fileNameOf } from '../../documents/files.ts'
import { organizations } from '../../identity/tables.ts'
import { contractors } from '../contractors/tables.ts'
import { projects } from '../projects/tables.ts'
import { agreements } from './agreements.ts'
import { contracts } from './contracts.ts'
import { generalShare } from './money.ts'
import type { ContractRow } from './present.ts'
import { contractSpecifications, specifications, supplementaryAgreements as agreementTable } from './tables.ts'

export interface PaperParty {
  name: string
  /** As it is said: «ИНН/БИН 7707083893». */
  taxId: string | null
  /** KPP, address, bank, telephone: what is known. */
  facts: string[]
  person: string | null
}

/** What the paper of a contract says. Money in minor units, the general contractor's percentage with four digits. */
export interface ContractPaper {
  number: string
  date: string
  customer: PaperParty
  contractor: PaperParty
  site: string | null
  subject: string | null
  total: number
  share: { percentage: number; amount: number; totalWith: number }
  plannedAdvance: number
  paymentTerms: string | null
  startDate: string | null
  endDate: string | null
  notes: string | null
  specifications: { number: string; date: string; total: number; items: string[] }[]
}

/** What the paper of an agreement says. */
export interface AgreementPaper {
  contract: Pick<ContractPaper, 'number' | 'date' | 'customer' | 'contractor'>
  number: string
  date: string
  changeAmount: number | null
  subjects: string[]
  subcontract: string[]
  share: string[]
  advance: string[]
  superseded: { number: string; date: string }[]
}

const known = (facts: (string | null | undefined | false)[]) => facts.filter((fact): fact is string => Boolean(fact))

async function read(ctx: Ctx, row: ContractRow) {
  const [[customer], [contractor], [project], attached] = await ctx.db.batch([
    ctx.db
      .select()
      .from(organizations)
      .where(eq(organizations.id, orgOf(ctx))),
    ctx.db.select().from(contractors).where(eq(contractors.id, row.contractorId)),
    ctx.db
      .select()
      .from(projects)
      .where(eq(projects.id, row.projectId ?? 0)),
    ctx.db
      .select({ row: specifications })
      .from(contractSpecifications)
      .innerJoin(specifications, eq(specifications.id, contractSpecifications.specificationId))
      .where(sql`${contractSpecifications.contractId} = ${row.id} and ${specifications.deletedAt} is null`)
      .orderBy(specifications.specDate, specifications.id)
      .limit(50),
  ])
  return { customer, contractor, project, attached: attached.map((a) => a.row) }
}

export async function contractPaper(ctx: Ctx, row: ContractRow): Promise<ContractPaper> {
  const { customer, contractor, project, attached } = await read(ctx, row)
  return {
    number: row.number,
    date: row.date,
    customer: { name: customer?.name ?? '', taxId: null, facts: known([customer?.phone, customer?.email]), person: null },
    contractor: {
      name: contractor?.name ?? '',
      taxId: contractor?.inn ? `ИНН/БИН ${contractor.inn}` : null,
      facts: known([
        contractor?.kpp && `КПП ${contractor.kpp}`,
        contractor?.legalAddress,
        contractor?.bankDetails,
        contractor?.phone,
        contractor?.email,
      ]),
      person: contractor?.contactPerson ?? null,
    },
    site: project ? known([project.name, project.address]).join(', ') : null,
    subject: row.subject,
    total: row.totalAmount,
    share: { percentage: row.gpPercentage, ...generalShare(row.totalAmount, row.gpPercentage) },
    plannedAdvance: row.plannedAdvanceAmount,
    paymentTerms: row.paymentTerms,
    startDate: row.startDate,
    endDate: row.endDate,
    notes: row.notes,
    specifications: attached.map((s) => ({ number: s.number, date: s.specDate, total: s.totalAmount, items: s.scopeItems })),
  }
}

/** Changes come as text or as small records of the caller's own making: those are told as `name: value`. */
function lineOf(change: unknown): string {
  if (typeof change === 'string') return change
  if (typeof change !== 'object' || change === null) return String(change)
  return Object.entries(change)
    .map(([name, value]) => `${name}: ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`)
    .join('; ')
}

type AgreementRow = typeof agreementTable.$inferSelect

export async function agreementPaper(ctx: Ctx, row: AgreementRow): Promise<AgreementPaper> {
  const contract = await contracts.load(ctx, row.contractId)
  const [paper, superseded] = await Promise.all([
    contractPaper(ctx, contract),
    ctx.db
      .select({ number: agreementTable.number, date: agreementTable.agreementDate })
      .from(agreementTable)
      .where(
        sql`${agreementTable.contractId} = ${row.contractId} and ${agreementTable.id} in (select value from json_each(${JSON.stringify(row.supersedeAgreementIds ?? [])}))`,
      )
      .orderBy(agreementTable.agreementDate, agreementTable.id),
  ])
  return {
    contract: paper,
    number: row.number,
    date: row.agreementDate,
    changeAmount: row.changeAmount,
    subjects: row.subjectChanges,
    subcontract: (row.subcontractChanges ?? []).map(lineOf),
    share: (row.gpChanges ?? []).map(lineOf),
    advance: (row.advanceChanges ?? []).map(lineOf),
    superseded,
  }
}

/** The contract as it is signed. The same contract gives the same bytes. */
export async function contractDocument(ctx: Ctx, id: number): Promise<{ name: string; bytes: Uint8Array }> {
  const row = await contracts.load(ctx, id)
  const [{ drawContract, contractTitle }, paper] = await Promise.all([import('./draw-contract.ts'), contractPaper(ctx, row)])
  return { name: fileNameOf(contractTitle(paper), 'pdf'), bytes: await drawContract(paper, new Date(row.createdAt)) }
}

/** The supplementary agreement as it is signed. */
export async function agreementDocument(ctx: Ctx, id: number): Promise<{ name: string; bytes: Uint8Array }> {
  const row = await agreements.load(ctx, id)
  const [{ drawAgreement, agreementTitle }, paper] = await Promise.all([import('./draw-contract.ts'), agreementPaper(ctx, row)])
  return { name: fileNameOf(agreementTitle(paper), 'pdf'), bytes: await drawAgreement(paper, new Date(row.createdAt)) }
}
