// Only re-exports: each table belongs to the feature that declares it.
export * from './custom/tables.ts'
export * from './dashboard/tables.ts'
export * from './schedules/tables.ts'
export * from './templates/tables.ts'
