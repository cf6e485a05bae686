import { eq } from 'drizzle-orm'
import { orgOf, type Ctx } from '../context.ts'
import { AppError, type FieldIssue } from '../http/errors.ts'
import { organizations } from '../identity/tables.ts'
import { bytesOf, checkFile, type CheckedFile, type Mime } from './check-file.ts'
import { FILES, asSpelt, missing, missingFields, readFields, wrongFields, type AgreementData } from './fields.ts'
import { dropFiles, keepFile } from './files.ts'
import { dataLabel, filesOf, findAgreement, nameOf, openData, type AgreementRow, type FileRow } from './load.ts'
import { changedMeanwhile, moveAgreement } from './move.ts'
import { createDraft, mustBeOpen, noConsent } from './save.ts'
import type { Kind } from './statuses.ts'
import { vaultOf } from './vault.ts'

const SCANS: readonly Mime[] = ['image/png', 'image/jpeg', 'application/pdf']

/** A refusal that says what is wrong, field by field, and the first of it in the message. */
export const invalid = (issues: FieldIssue[]) =>
  new AppError('validation', issues[0]?.message ?? 'The request is not valid.', { issues: issues.slice(0, 50) })

/** The files that came along, looked into. One that is kept from an earlier call may be left out. */
async function readFiles(kind: Kind, body: Record<string, unknown>, kept: FileRow[]) {
  const files: CheckedFile[] = []
  const issues: FieldIssue[] = []
  for (const field of FILES[kind]) {
    const given = body[field]
    if (!(given instanceof File)) {
      if (!kept.some((file) => file.kind === field)) issues.push(missing(field))
      continue
    }
    const checked = await checkFile(field, given, SCANS)
    if ('path' in checked) issues.push(checked)
    else files.push(checked)
  }
  return { files, issues }
}

async function render(ctx: Ctx, row: AgreementRow, data: AgreementData): Promise<Uint8Array> {
  const { agreementDocument } = await import('./document.ts')
  const [org] = await ctx.db.select({ timeZone: organizations.timeZone }).from(organizations).where(eq(organizations.id, row.orgId))
  return agreementDocument({
    name: nameOf(row),
    kind: row.type,
    data,
    platform: ctx.settings.PLATFORM_NAME,
    at: ctx.now.toISOString(),
    timeZone: org?.timeZone ?? ctx.settings.TIME_ZONE,
  })
}

/** The row to send: the draft as it is, or one that is made for this. */
async function draftFor(ctx: Ctx, orgId: number, kind: Kind, data: AgreementData): Promise<AgreementRow> {
  const row = (await findAgreement(ctx, orgId, kind)) ?? (await createDraft(ctx, orgId, kind, data))
  if (!row) throw changedMeanwhile()
  return row
}

/** Takes an agreement for review: everything is there, and right as far as it can be told. Makes its PDF. */
export async function submitAgreement(ctx: Ctx, kind: Kind, body: Record<string, unknown>) {
  if (body.agree_to_the_terms !== true) throw noConsent()
  const orgId = orgOf(ctx)
  const before = await findAgreement(ctx, orgId, kind)
  if (before) mustBeOpen(before)
  const kept = before ? await filesOf(ctx, before.id) : []
  const given = readFields(kind, body)
  const { files, issues } = await readFiles(kind, body, kept)
  const wrong = [...missingFields(kind, given), ...wrongFields(kind, given, ctx.now), ...issues]
  if (wrong.length > 0) throw invalid(asSpelt(wrong, body))

  const data = { ...(before ? await openData(ctx, before) : {}), ...given }
  const row = before ?? (await draftFor(ctx, orgId, kind, given))
  const document = { kind: 'agreement', name: `Договор ${nameOf(row)}.pdf`, mime: 'application/pdf', bytes: await render(ctx, row, data) }
  const made = [await keepFile(ctx, row, document)]
  for (const { field, name, mime, file } of files)
    made.push(await keepFile(ctx, row, { kind: field, name, mime, bytes: await bytesOf(file) }))
  const replaced = dropFiles(
    ctx,
    kept.filter((old) => made.some((file) => file.row.kind === old.kind)),
  )
  await moveAgreement(ctx, row, 'review', {
    data: await (await vaultOf(ctx, orgId)).sealJson(dataLabel(row), data),
    writes: (open) => [...made.map((file) => file.write(open)), replaced.write(open)],
  })
  replaced.sweep()
  return { success: true as const }
}
