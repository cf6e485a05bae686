CREATE TABLE `certificate_requests` (
	`id` text PRIMARY KEY NOT NULL,
	`org_id` integer NOT NULL,
	`client_id` text NOT NULL,
	`company_id` text,
	`kind` text NOT NULL,
	`status` text NOT NULL,
	`package_id` text NOT NULL,
	`documents` text NOT NULL,
	`serial` text,
	`created_at` text NOT NULL,
	`updated_at` text NOT NULL,
	FOREIGN KEY (`org_id`) REFERENCES `organizations`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`client_id`) REFERENCES `office_clients`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`company_id`) REFERENCES `office_companies`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `certificate_requests_org` ON `certificate_requests` (`org_id`,`id`);--> statement-breakpoint
CREATE TABLE `issued_certificates` (
	`serial` text PRIMARY KEY NOT NULL,
	`org_id` integer,
	`subject` text NOT NULL,
	`purpose` text NOT NULL,
	`certificate` text NOT NULL,
	`not_before` text NOT NULL,
	`not_after` text NOT NULL,
	`revoked_at` text,
	`reason` text,
	`created_at` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `issued_certificates_revoked` ON `issued_certificates` (`revoked_at`) WHERE revoked_at is not null;--> statement-breakpoint
CREATE TABLE `kept_keys` (
	`id` text PRIMARY KEY NOT NULL,
	`org_id` integer NOT NULL,
	`client_id` text NOT NULL,
	`company_id` text,
	`purpose` text NOT NULL,
	`status` text NOT NULL,
	`serial` text NOT NULL,
	`key` text,
	`created_at` text NOT NULL,
	`revoked_at` text,
	FOREIGN KEY (`serial`) REFERENCES `issued_certificates`(`serial`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `kept_keys_employee` ON `kept_keys` (`company_id`,`client_id`) WHERE status = 'active' and purpose = 'employee';--> statement-breakpoint
CREATE INDEX `kept_keys_company` ON `kept_keys` (`company_id`,`id`);--> statement-breakpoint
CREATE TABLE `platform_keys` (
	`id` text PRIMARY KEY NOT NULL,
	`purpose` text NOT NULL,
	`certificate` text NOT NULL,
	`key` text,
	`created_at` text NOT NULL,
	`retired_at` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `platform_keys_in_use` ON `platform_keys` (`purpose`) WHERE retired_at is null;--> statement-breakpoint
CREATE TABLE `revocation_cache` (
	`key` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`body` text,
	`fetched_at` text NOT NULL,
	`next_update` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `revocation_cache_next_update` ON `revocation_cache` (`next_update`);--> statement-breakpoint
DROP INDEX `package_signatures_package`;--> statement-breakpoint
ALTER TABLE `package_signatures` ADD `method` text DEFAULT 'cms' NOT NULL;--> statement-breakpoint
ALTER TABLE `package_signatures` ADD `format` text DEFAULT 'CAdES-BES' NOT NULL;--> statement-breakpoint
ALTER TABLE `package_signatures` ADD `timestamp` text;--> statement-breakpoint
CREATE INDEX `package_signatures_package` ON `package_signatures` (`package_id`,`document_id`);--> statement-breakpoint
ALTER TABLE `package_files` ADD `document_id` text;--> statement-breakpoint
ALTER TABLE `package_files` ADD `position` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `package_participants` ADD `position` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `package_participants` ADD `client_id` text;--> statement-breakpoint
ALTER TABLE `package_participants` ADD `company_id` text;--> statement-breakpoint
CREATE INDEX `package_participants_client` ON `package_participants` (`client_id`) WHERE client_id is not null;--> statement-breakpoint
CREATE INDEX `package_participants_phone` ON `package_participants` (`phone`) WHERE phone is not null;--> statement-breakpoint
ALTER TABLE `packages` ADD `updated_at` text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE `packages` ADD `deadline` text;--> statement-breakpoint
ALTER TABLE `packages` ADD `current_order` integer;--> statement-breakpoint
CREATE INDEX `packages_listed` ON `packages` (`org_id`,`subject_type`,`id`);--> statement-breakpoint
CREATE INDEX `packages_due` ON `packages` (`deadline`) WHERE status = 'in_progress' and deadline is not null;--> statement-breakpoint
ALTER TABLE `webhook_deliveries` ADD `url` text;