import { sql } from 'drizzle-orm'
import type { Ctx } from '../context.ts'
import { batch, type Write } from '../db/client.ts'
import { AppError } from '../http/errors.ts'
import { uuidv7 } from '../lib/ids.ts'
import { announce, makeJob } from '../queue/outbox.ts'
import { unchanged, type Loaded } from './load.ts'
import { renderOnce } from './render.ts'
import { contracts } from './tables.ts'

/** Somebody else has changed the contract since it was read: nothing was written. */
export class Overtaken extends AppError {
  constructor() {
    super('conflict', 'The contract has just been changed; try again.')
  }
}

/** The queue's turn, where rendering at once did not come to its end. */
const RENDER_AFTER_SECONDS = 20

/**
 * Writes a change of what the document says and makes the document anew: the version grows, and when every field has a value (and, in a
 * contract without fields, when the template asks for nothing) a rendering of that version is planned in the same batch. A small one is made
 * at once; a large one by the queue. A change that lost a race is refused whole: its writes hang on `unchanged`.
 */
export async function refreshDocument(ctx: Ctx, loaded: Loaded, change: Write[]): Promise<void> {
  const { contract, templateFields, large } = loaded
  const renderingId = uuidv7(ctx.now.getTime())
  const at = ctx.now.toISOString()
  const version = contract.version + 1
  const still = unchanged(contract)
  const fields = sql`(select count(*) from contract_fields where contract_id = ${contract.id})`
  const empty = sql`exists (select 1 from contract_fields where contract_id = ${contract.id} and value is null)`
  const filled = templateFields.length === 0 ? sql<boolean>`not ${empty}` : sql<boolean>`(${fields} > 0 and not ${empty})`
  const job = await makeJob(ctx, 'contract.render', { renderingId }, { delaySeconds: large ? 0 : RENDER_AFTER_SECONDS })
  const results = await batch(ctx.db, [
    ...change,
    ctx.db
      .update(contracts)
      .set({ version, clientFilled: filled, generatedFileId: null, generatedSha256: null, packageId: null })
      .where(sql`id = ${contract.id} and ${still}`)
      .returning({ clientFilled: contracts.clientFilled }),
    ctx.db.run(sql`insert into renderings (id, org_id, contract_id, version, status, warnings, attempts, created_at)
      select ${renderingId}, org_id, id, version, 'rendering', '[]', 0, ${at} from contracts where id = ${contract.id} and version = ${version} and client_filled = 1
      on conflict do nothing`),
    job.write,
  ])
  const [updated] = (results[change.length] as { clientFilled: boolean }[] | undefined) ?? []
  if (!updated) throw new Overtaken()
  if (!updated.clientFilled) return
  await announce(ctx.env, [job])
  if (!large) await renderOnce(ctx, renderingId)
}

/** The package of a rendered contract is gone (withdrawn when a change began that then failed): a new one takes its place. */
export async function renewPackage(ctx: Ctx, contractId: number, before: string): Promise<string> {
  const packageId = uuidv7(ctx.now.getTime())
  const [row] = await ctx.db
    .update(contracts)
    .set({ packageId })
    .where(sql`id = ${contractId} and package_id = ${before} and signed_at is null`)
    .returning({ id: contracts.id })
  if (!row) throw new AppError('conflict', 'The contract has just been changed; try again.')
  return packageId
}
