import type { Ctx } from '../../context.ts'
import { linkUrl } from '../../signing/links.ts'
import { originOf } from '../../signing/origin.ts'
import { granted, packageObject } from '../../signing/stub.ts'
import { loadOfficePackage } from './load.ts'

/** Makes a link by which one participant signs without an account (document 002, 7.1). The token is told here and never again. */
export async function createLink(ctx: Ctx, packageId: string, input: { participant_id: string; ttl_seconds: number }) {
  await loadOfficePackage(ctx, packageId)
  const made = granted(await packageObject(ctx, packageId).createLink(input.participant_id, input.ttl_seconds, originOf(ctx)))
  return { id: made.id, url: linkUrl(ctx.settings, made.token), token: made.token, expires_at: made.expiresAt }
}

export async function revokeLink(ctx: Ctx, packageId: string, linkId: string): Promise<void> {
  await loadOfficePackage(ctx, packageId)
  granted(await packageObject(ctx, packageId).revokeLink(linkId, originOf(ctx)))
}
