/**
 * What a caller may do. A permission is also the scope of an API key that carries it, so one word is checked for both; what keys never
 * get (`account:*`) is no scope.
 */
export const SCOPES = [
  'clients:read',
  'clients:write',
  'companies:read',
  'companies:write',
  'certificates:read',
  'certificates:write',
  'packages:read',
  'packages:write',
  'webhooks:read',
  'webhooks:write',
  'contracts:read',
  'contracts:write',
  'billing:read',
  'billing:write',
  'directory:read',
  'smartdocs:read',
  'smartdocs:write',
  'agreements:read',
  'agreements:write',
  'construction:read',
  'construction:write',
] as const

/** What document 004 lets people do in the back office. A key with `construction:read` may what ends in `view`, one with `construction:write` the rest. */
export const BACK_OFFICE = [
  'admin.users.view',
  'admin.users.create',
  'admin.users.edit',
  'admin.projects.view',
  'admin.projects.create',
  'admin.projects.edit',
  'admin.projects.delete',
  'admin.catalogs.view',
  'admin.catalogs.edit',
  'admin.works.view',
  'admin.works.edit',
  'admin.contracts.view',
  'admin.contracts.edit',
  'admin.acts.view',
  'admin.acts.edit',
  'admin.advances.view',
  'admin.advances.edit',
  'admin.advances.approve',
  'admin.time.view',
  'admin.time.edit',
  'admin.time.approve',
  'admin.partners.view',
  'admin.partners.edit',
  'admin.accounting.view',
  'admin.accounting.edit',
  'admin.files.view',
  'admin.files.edit',
  'admin.reports.view',
  'admin.reports.edit',
  'admin.dashboard.view',
  'projects.view_child_works',
] as const
export type BackOffice = (typeof BACK_OFFICE)[number]

export type Scope = (typeof SCOPES)[number]
/**
 * `account:*`: people's own sessions, staff lists and API keys. `platform:*`: the operator alone. `admin:access`: the back office.
 * `client:packages`: a client's own packages, which only a client's session opens, and which is all that it opens.
 */
export type Permission = Scope | BackOffice | 'account:read' | 'account:keys' | 'admin:access' | 'platform:write' | 'client:packages'

export type Role = 'owner' | 'admin' | 'accountant' | 'project_manager' | 'foreman'

const READ = SCOPES.filter((s) => s.endsWith(':read'))
/** Agreements hold passports: they are for those who run the organization. */
const WORK: Permission[] = [
  ...READ.filter((s) => s !== 'agreements:read'),
  'contracts:write',
  'packages:write',
  'clients:write',
  'smartdocs:write',
  'account:read',
  'admin:access',
]

const VIEWS = BACK_OFFICE.filter((p) => p.endsWith('.view'))
const ACCOUNTS: readonly BackOffice[] = [
  ...VIEWS,
  'projects.view_child_works',
  'admin.catalogs.edit',
  'admin.contracts.edit',
  'admin.acts.edit',
  'admin.advances.edit',
  'admin.advances.approve',
  'admin.accounting.edit',
  'admin.files.edit',
  'admin.reports.edit',
]
const MANAGES: readonly BackOffice[] = [
  ...VIEWS.filter((p) => p !== 'admin.accounting.view'),
  'admin.projects.create',
  'admin.projects.edit',
  'admin.catalogs.edit',
  'admin.works.edit',
  'admin.contracts.edit',
  'admin.acts.edit',
  'admin.advances.edit',
  'admin.time.edit',
  'admin.time.approve',
  'admin.partners.edit',
  'admin.files.edit',
  'admin.reports.edit',
]
/** Foremen see what is assigned to them: their projects, works and hours. */
const OWN: readonly BackOffice[] = ['admin.projects.view', 'admin.works.view', 'admin.time.view', 'admin.time.edit']

const PERMISSIONS: Record<Role, readonly Permission[]> = {
  owner: [...SCOPES, ...BACK_OFFICE, 'account:read', 'account:keys', 'admin:access'],
  admin: [...SCOPES, ...BACK_OFFICE, 'account:read', 'account:keys', 'admin:access'],
  accountant: [...READ, ...ACCOUNTS, 'billing:write', 'smartdocs:write', 'account:read', 'admin:access'],
  project_manager: [...WORK, ...MANAGES],
  foreman: ['contracts:read', 'packages:read', 'directory:read', 'smartdocs:read', 'account:read', ...OWN],
}

/** The operator reads companies, balances and payments of all, and alone writes what belongs to the platform. */
const OPERATOR: readonly Permission[] = [
  'agreements:read',
  'certificates:read',
  'companies:read',
  'companies:write',
  'billing:read',
  'billing:write',
  'directory:read',
  'account:read',
  'admin:access',
  'platform:write',
]

export type Actor =
  | { kind: 'anonymous' }
  | {
      kind: 'user'
      userId: number
      staffId: string
      orgId: number
      /** The organization's, where that was read along; null if it has none of its own. */
      timeZone?: string | null
      role: Role
      name: string
      sessionId: string
      tokenId: string
      expiresAt: number
    }
  | { kind: 'client'; clientId: string; orgId: number; sessionId: string; tokenId: string; expiresAt: number }
  | { kind: 'key'; keyId: string; orgId: number; timeZone?: string | null; scopes: readonly string[] }
  | { kind: 'operator'; sessionId: string; tokenId: string; expiresAt: number }

/** The scope of a key that carries a permission. */
function scopeOf(permission: Permission): string {
  if (!(BACK_OFFICE as readonly string[]).includes(permission)) return permission
  return permission.endsWith('.view') || permission === 'projects.view_child_works' ? 'construction:read' : 'construction:write'
}

export function may(actor: Actor, permission: Permission): boolean {
  switch (actor.kind) {
    case 'anonymous':
      return false
    case 'key':
      return actor.scopes.includes(scopeOf(permission))
    case 'client':
      return permission === 'client:packages'
    case 'operator':
      return OPERATOR.includes(permission)
    case 'user':
      return PERMISSIONS[actor.role].includes(permission)
  }
}

/** How the audit trail names an actor. */
export function actorName(actor: Actor): string {
  switch (actor.kind) {
    case 'anonymous':
      return 'anonymous'
    case 'client':
      return `client:${actor.clientId}`
    case 'key':
      return `key:${actor.keyId}`
    case 'operator':
      return 'operator'
    case 'user':
      return `user:${actor.userId}`
  }
}
