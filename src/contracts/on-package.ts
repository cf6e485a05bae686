import { eq, sql } from 'drizzle-orm'
import type { Ctx } from '../context.ts'
import { batch } from '../db/client.ts'
import { organizations } from '../identity/tables.ts'
import { monthIn } from '../lib/dates.ts'
import type { PackageState } from '../signing/model.ts'
import type { News } from '../signing/subjects.ts'
import { announce } from '../queue/outbox.ts'
import { publish } from '../webhooks/publish.ts'

/** What the end of its package does to a contract: the signature stands, the statistics count it, the company's systems are told. */
async function signed(ctx: Ctx, state: PackageState): Promise<void> {
  const contractId = Number(state.subject.id)
  const record = state.participants.find((p) => p.signature)?.signature
  if (!record) return
  const { person, at } = record
  const method = record.method === 'cms' ? 'ecp' : 'sms'
  const [org] = await ctx.db.select({ timeZone: organizations.timeZone }).from(organizations).where(eq(organizations.id, state.orgId))
  const month = monthIn(new Date(at), org?.timeZone ?? ctx.settings.TIME_ZONE)
  const fresh = sql`exists (select 1 from contracts where id = ${contractId} and package_id = ${state.id} and signed_at is null)`
  const pending = sql`(select id from signatures where contract_id = ${contractId} and client_iin = ${person.identifier} and client_phone = ${person.phone} and method = ${method} and signed_at is null order by id limit 1)`
  const { writes, jobs } = await publish(
    ctx,
    state.orgId,
    'contract.signed',
    { contract_id: contractId, company_id: state.orgId, package_id: state.id, method, signed_at: at },
    { key: `contract:${contractId}:signed`, when: fresh },
  )
  await batch(ctx.db, [
    ...writes,
    // The row that was answered with 202; where the company deleted it meanwhile, another takes its place.
    ctx.db.run(sql`insert into signatures (org_id, contract_id, client_name, client_iin, client_phone, method, created_at)
      select ${state.orgId}, ${contractId}, ${person.fullName}, ${person.identifier}, ${person.phone}, ${method}, ${at} where ${fresh} and ${pending} is null`),
    ctx.db.run(sql`update signatures set signed_at = ${at}, client_name = ${person.fullName} where id = ${pending} and ${fresh}`),
    ctx.db.run(sql`insert into signed_totals (org_id, month, signed) select ${state.orgId}, ${month}, 1 where ${fresh}
      on conflict (org_id, month) do update set signed = signed + 1`),
    ctx.db.run(sql`update contracts set signed_at = ${at} where id = ${contractId} and ${fresh}`),
  ])
  await announce(ctx.env, jobs)
}

async function sealed(ctx: Ctx, state: PackageState): Promise<void> {
  const [stamped] = state.sealed ?? []
  if (!stamped) return
  await ctx.db.run(
    sql`update contracts set signed_file_id = ${stamped.fileId} where id = ${Number(state.subject.id)} and package_id = ${state.id} and signed_file_id is null`,
  )
}

/** A contract's package that was withdrawn leaves the contract as it is. */
export async function onPackage(ctx: Ctx, state: PackageState, news: News): Promise<void> {
  if (news === 'signed') await signed(ctx, state)
  if (news === 'sealed') await sealed(ctx, state)
}
