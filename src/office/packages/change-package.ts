import type { Ctx } from '../../context.ts'
import { AppError, notFound } from '../../http/errors.ts'
import type { Participant, PackageState } from '../../signing/model.ts'
import { originOf } from '../../signing/origin.ts'
import { sealSoon } from '../../signing/seal-soon.ts'
import { granted, packageObject } from '../../signing/stub.ts'
import { loadClient } from '../load-client.ts'
import { loadCompany } from '../companies.ts'
import { loadOfficePackage, loadPackage } from './load.ts'
import { resolveReplacement } from './participants.ts'
import { presentPackage } from './present.ts'
import type { NewParticipantInput } from './schemas.ts'

/** A package is reminded of once an hour at most (DECISIONS › office). */
const REMIND_PAUSE_SECONDS = 3600

export const getPackage = async (ctx: Ctx, id: string) => presentPackage(await loadPackage(ctx, id))

/** Sends a draft to the participants of its first order. */
export async function sendPackage(ctx: Ctx, id: string) {
  await loadOfficePackage(ctx, id)
  const { state } = granted(await packageObject(ctx, id).send(originOf(ctx)))
  return presentPackage(state)
}

/** Withdraws a package until everybody has signed; its links die. */
export async function revokePackage(ctx: Ctx, id: string, reason: string | undefined) {
  await loadOfficePackage(ctx, id)
  const { state } = granted(await packageObject(ctx, id).revoke(reason?.trim() || null, originOf(ctx)))
  return presentPackage(state)
}

/** Puts somebody else in the place of a participant who has not acted. */
export async function replaceParticipant(ctx: Ctx, id: string, participantId: string, who: Omit<NewParticipantInput, 'order' | 'role'>) {
  const before = (await loadOfficePackage(ctx, id)).participants.find((p) => p.id === participantId)
  if (!before) throw notFound()
  const by = await resolveReplacement(ctx, before, who)
  const { state } = granted(await packageObject(ctx, id).replace(participantId, by, originOf(ctx)))
  return presentPackage(state)
}

export async function remindParticipants(ctx: Ctx, id: string) {
  await loadOfficePackage(ctx, id)
  const { reminded } = granted(await packageObject(ctx, id).remind(REMIND_PAUSE_SECONDS, originOf(ctx)))
  return { reminded }
}

/** Of several places that an employee has in the route, the one whose turn it is. */
function placeOf(state: PackageState, clientId: string, companyId: string): Participant | undefined {
  const theirs = state.participants.filter((p) => p.clientId === clientId && p.companyId === companyId)
  const able = theirs.filter((p) => p.role === 'signer' && p.methods.includes('server'))
  return able.find((p) => p.status === 'current') ?? able.find((p) => p.status === 'waiting') ?? able[0] ?? theirs[0]
}

/** Signs for an employee with the key that the server keeps, in its turn (document 002, 5.2). */
export async function signByServer(ctx: Ctx, id: string, who: { client_id: string; company_id: string }) {
  const before = await loadOfficePackage(ctx, id)
  const participant = placeOf(before, who.client_id, who.company_id)
  if (!participant) {
    // Nobody on the route: unknown ones do not exist, known ones have no right.
    await Promise.all([loadClient(ctx, who.client_id), loadCompany(ctx, who.company_id)])
    throw new AppError('forbidden', 'This employee is not on the route.')
  }
  const { state } = granted(
    await packageObject(ctx, id).signByServer(participant.id, originOf(ctx), { clientId: who.client_id, companyId: who.company_id }),
  )
  sealSoon(ctx, state)
  return presentPackage(state)
}
