import type { PackageAnswer } from './answers.ts'

/**
 * What there is to do for the person: to act, to wait for one's turn, to read, or nothing more. `over` is a package that ended without this person.
 */
export type Situation = 'act' | 'wait' | 'read' | 'done' | 'declined' | 'notNeeded' | 'over'

export function situationOf({ status, participant }: PackageAnswer): Situation {
  switch (participant.status) {
    case 'signed':
    case 'approved':
      return 'done'
    case 'declined':
      return 'declined'
    default:
      if (status === 'declined' || status === 'revoked' || status === 'expired') return 'over'
      if (participant.role === 'viewer' || participant.status === 'viewing') return 'read'
      if (participant.status === 'not_needed' || status === 'signed') return 'notNeeded'
      return status === 'in_progress' && participant.status === 'current' ? 'act' : 'wait'
  }
}

/** Whether there is something to come: the others’ signatures, or the stamped files. */
export const isUnfinished = ({ status, results }: PackageAnswer): boolean =>
  status === 'in_progress' || status === 'draft' || (status === 'signed' && results.length === 0)
