import { and, asc, desc, eq, isNull, sql } from 'drizzle-orm'
import { orgOf, type Ctx } from '../../context.ts'
import { orNull, showMoney, showQuantity } from '../../http/numbers.ts'
import { users } from '../../identity/tables.ts'
import { contractors } from '../contractors/tables.ts'
import { projectContracts } from '../contracts/tables.ts'
import { projects } from '../projects/tables.ts'
import { mine } from '../registry/registry.ts'
import { completedWorks } from '../works/tables.ts'
import { workTypes } from '../work-types/tables.ts'
import { takenBy } from './hold.ts'
import { loadAct } from './load-act.ts'
import { shownName } from '../people/people.ts'

/** These lists have no pages; nobody chooses from more. */
const MOST = 5000

/** Confirmed works of the act's contract, newest first, and where they are included already. */
export async function availableWorks(ctx: Ctx, actId: number) {
  const { act } = await loadAct(ctx, actId)
  const rows = await ctx.db
    .select({
      work: completedWorks,
      typeName: workTypes.name,
      userName: shownName(orgOf(ctx)).as('shown_name'),
      elsewhere: sql<number>`${takenBy(ctx, sql`completed_works.id`, actId)}`,
      here: sql<number>`exists (select 1 from act_works as own where own.act_id = ${actId} and own.work_id = completed_works.id)`,
    })
    .from(completedWorks)
    .innerJoin(workTypes, eq(workTypes.id, completedWorks.workTypeId))
    .leftJoin(users, eq(users.id, completedWorks.userId))
    .where(and(eq(completedWorks.contractId, act.contractId), eq(completedWorks.status, 'confirmed'), isNull(completedWorks.deletedAt)))
    .orderBy(desc(completedWorks.completionDate), desc(completedWorks.id))
    .limit(MOST)
  return rows.map(({ work, typeName, userName, elsewhere, here }) => ({
    id: work.id,
    work_type_name: typeName,
    user_name: userName,
    quantity: showQuantity(work.quantity),
    price: orNull(work.price, showMoney),
    total_amount: showMoney(work.totalAmount),
    completion_date: work.completionDate,
    is_included_in_approved_act: elsewhere === 1,
    is_included_in_current_act: here === 1,
  }))
}

/** Contracts that an act may be made of. */
export async function actContracts(ctx: Ctx) {
  return ctx.db
    .select({
      id: projectContracts.id,
      contract_number: projectContracts.number,
      project_name: projects.name,
      contractor_name: contractors.name,
      contract_date: projectContracts.date,
      start_date: projectContracts.startDate,
      end_date: projectContracts.endDate,
    })
    .from(projectContracts)
    .leftJoin(projects, eq(projects.id, projectContracts.projectId))
    .leftJoin(contractors, eq(contractors.id, projectContracts.contractorId))
    .where(and(mine(ctx, projectContracts), eq(projectContracts.status, 'active')))
    .orderBy(asc(projectContracts.number), asc(projectContracts.id))
    .limit(MOST)
}
