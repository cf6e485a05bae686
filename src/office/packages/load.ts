import { orgOf, type Ctx } from '../../context.ts'
import { notFound } from '../../http/errors.ts'
import type { PackageState } from '../../signing/model.ts'
import { originOf } from '../../signing/origin.ts'
import { packageObject } from '../../signing/stub.ts'

/** A package of the caller's organization, whatever it signs; anybody else's does not exist. */
export async function loadPackage(ctx: Ctx, id: string): Promise<PackageState> {
  const orgId = orgOf(ctx)
  const state = await packageObject(ctx, id).view(originOf(ctx))
  if (!state || state.orgId !== orgId) throw notFound()
  return state
}

/** One that may be led from here: what a contract or a request signs is led by that feature alone. */
export async function loadOfficePackage(ctx: Ctx, id: string): Promise<PackageState> {
  const state = await loadPackage(ctx, id)
  if (state.subject.type !== 'package') throw notFound()
  return state
}
