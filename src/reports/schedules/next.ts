import { addDays, dayIn, instantIn } from '../../lib/dates.ts'
import type { ScheduleConfig, SCHEDULE_TYPES } from './tables.ts'

export interface Plan {
  type: (typeof SCHEDULE_TYPES)[number]
  config: ScheduleConfig
}

const lastDayOf = (day: string) => new Date(Date.UTC(Number(day.slice(0, 4)), Number(day.slice(5, 7)), 0)).getUTCDate()

/** Whether a schedule has a run on that day. */
function fallsOn({ type, config }: Plan, day: string): boolean {
  if (type === 'daily') return true
  if (type === 'weekly') return new Date(`${day}T00:00:00Z`).getUTCDay() === (config.day_of_week ?? 1)
  return Number(day.slice(8)) === Math.min(config.day_of_month ?? 1, lastDayOf(day))
}

/** The first time after `after` at which a schedule is due, by the clocks of the zone. Pure. */
export function nextRun(plan: Plan, after: Date, zone: string): Date {
  // The day before as well: a run that a change of clocks moved over midnight is still to come.
  for (let day = addDays(dayIn(after, zone), -1), tried = 0; tried < 64; day = addDays(day, 1), tried++) {
    if (!fallsOn(plan, day)) continue
    const at = instantIn(day, plan.config.time, zone)
    if (at.getTime() > after.getTime()) return at
  }
  throw new RangeError('a schedule is due at least once a month')
}
