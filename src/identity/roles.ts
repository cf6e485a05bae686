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
] as const

export type Scope = (typeof SCOPES)[number]
/**
 * `account:*`: people's own sessions, staff lists and API keys. `platform:*`: the operator alone. `admin:access`: the back office.
 * `client:packages`: a client's own packages, which only a client's session opens, and which is all that it opens.
 */
export type Permission = Scope | 'account:read' | 'account:keys' | 'admin:access' | 'platform:write' | 'client:packages'

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

const PERMISSIONS: Record<Role, readonly Permission[]> = {
  owner: [...SCOPES, 'account:read', 'account:keys', 'admin:access'],
  admin: [...SCOPES, 'account:read', 'account:keys', 'admin:access'],
  accountant: [...READ, 'billing:write', 'smartdocs:write', 'account:read', 'admin:access'],
  project_manager: WORK,
  foreman: ['contracts:read', 'packages:read', 'directory:read', 'smartdocs:read', 'account:read'],
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
      role: Role
      name: string
      sessionId: string
      tokenId: string
      expiresAt: number
    }
  | { kind: 'client'; clientId: string; orgId: number; sessionId: string; tokenId: string; expiresAt: number }
  | { kind: 'key'; keyId: string; orgId: number; scopes: readonly string[] }
  | { kind: 'operator'; sessionId: string; tokenId: string; expiresAt: number }

export function may(actor: Actor, permission: Permission): boolean {
  switch (actor.kind) {
    case 'anonymous':
      return false
    case 'key':
      return actor.scopes.includes(permission)
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
