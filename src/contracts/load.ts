import { and, eq, isNull, sql, type SQL } from 'drizzle-orm'
import { orgOf, type Ctx } from '../context.ts'
import { filePath } from '../documents/files.ts'
import { renderings, templates } from '../documents/tables.ts'
import { notFound } from '../http/errors.ts'
import { organizations } from '../identity/tables.ts'
import { contracts } from './tables.ts'

export type ContractRow = typeof contracts.$inferSelect
export type RenderingRow = typeof renderings.$inferSelect

export interface Loaded {
  contract: ContractRow
  templateName: string
  templateFields: { name: string }[]
  large: boolean
  companyName: string
  timeZone: string | null
  /** The rendering of the present version; null while there is none. */
  rendering: RenderingRow | null
}

async function find(ctx: Ctx, by: SQL | undefined): Promise<Loaded> {
  const [row] = await ctx.db
    .select({
      contract: contracts,
      templateName: templates.name,
      templateFields: templates.fields,
      large: templates.large,
      companyName: organizations.name,
      timeZone: organizations.timeZone,
      rendering: renderings,
    })
    .from(contracts)
    .innerJoin(templates, eq(templates.id, contracts.templateId))
    .innerJoin(organizations, and(eq(organizations.id, contracts.orgId), isNull(organizations.deletedAt)))
    .leftJoin(renderings, and(eq(renderings.contractId, contracts.id), eq(renderings.version, contracts.version)))
    .where(and(by, isNull(contracts.deletedAt)))
  if (!row) throw notFound()
  return row
}

/** A contract of the caller's own organization. */
export const loadOwn = (ctx: Ctx, id: number) => find(ctx, and(eq(contracts.id, id), eq(contracts.orgId, orgOf(ctx))))
/** A contract by its secret token: whoever holds it may see, fill and sign. */
export const loadByToken = (ctx: Ctx, token: string) => find(ctx, eq(contracts.contractToken, token.toLowerCase()))

const renderingState = (r: Pick<RenderingRow, 'status' | 'reason' | 'warnings'> | null) => ({
  status: r?.status === 'superseded' || !r ? 'none' : r.status,
  reason: r?.reason ?? null,
  warnings: r?.warnings ?? [],
})

const generatedPath = ({ orgId, generatedSha256 }: ContractRow) =>
  generatedSha256 === null ? null : filePath({ orgId, sha256: generatedSha256, mime: 'application/pdf' })

export function presentContract(contract: ContractRow, rendering: Pick<RenderingRow, 'status' | 'reason' | 'warnings'> | null) {
  return {
    id: contract.id,
    company_id: contract.orgId,
    template_id: contract.templateId,
    contract_token: contract.contractToken,
    generated_pdf_path: generatedPath(contract),
    client_filled: contract.clientFilled,
    created_at: contract.createdAt,
    signed_at: contract.signedAt,
    package_id: contract.packageId,
    rendering: renderingState(rendering),
  }
}

export const present = (l: Loaded) => ({
  ...presentContract(l.contract, l.rendering),
  template_name: l.templateName,
  company_name: l.companyName,
})

/** A condition for writes: the contract is still as it was loaded, unsigned and undeleted. */
export const unchanged = (contract: Pick<ContractRow, 'id' | 'version'>): SQL =>
  sql`exists (select 1 from contracts where id = ${contract.id} and version = ${contract.version} and signed_at is null and deleted_at is null)`
