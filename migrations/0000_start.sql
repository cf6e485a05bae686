CREATE TABLE `audit_log` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`org_id` integer,
	`actor` text NOT NULL,
	`action` text NOT NULL,
	`subject` text NOT NULL,
	`request_id` text NOT NULL,
	`address` text,
	`at` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `audit_log_org` ON `audit_log` (`org_id`,`id`);--> statement-breakpoint
CREATE TABLE `balance_entries` (
	`id` text PRIMARY KEY NOT NULL,
	`org_id` integer NOT NULL,
	`cause` text NOT NULL,
	`sms` integer NOT NULL,
	`ecp` integer NOT NULL,
	`created_at` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `balance_entries_org` ON `balance_entries` (`org_id`,`created_at`);--> statement-breakpoint
CREATE TABLE `balances` (
	`org_id` integer PRIMARY KEY NOT NULL,
	`sms_signatures` integer NOT NULL,
	`ecp_signatures` integer NOT NULL,
	`updated_at` text NOT NULL,
	FOREIGN KEY (`org_id`) REFERENCES `organizations`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "balances_sms" CHECK("balances"."sms_signatures" >= 0),
	CONSTRAINT "balances_ecp" CHECK("balances"."ecp_signatures" >= 0)
);
--> statement-breakpoint
CREATE TABLE `payment_requests` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`org_id` integer NOT NULL,
	`tariff_plan_id` integer,
	`sms_count` integer NOT NULL,
	`ecp_count` integer NOT NULL,
	`total_amount` integer NOT NULL,
	`status` text NOT NULL,
	`payment_url` text,
	`payment_ref` text,
	`paid_at` text,
	`created_at` text NOT NULL,
	`expires_at` text NOT NULL,
	`deleted_at` text,
	FOREIGN KEY (`org_id`) REFERENCES `organizations`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`tariff_plan_id`) REFERENCES `tariff_plans`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `payment_requests_org` ON `payment_requests` (`org_id`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `payment_requests_due` ON `payment_requests` (`expires_at`) WHERE status = 'pending' and deleted_at is null;--> statement-breakpoint
CREATE TABLE `tariff_plans` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`name` text NOT NULL,
	`discount` integer NOT NULL,
	`from_count` integer NOT NULL,
	`to_count` integer NOT NULL,
	`is_active` integer NOT NULL,
	`created_at` text NOT NULL,
	`deleted_at` text
);
--> statement-breakpoint
CREATE INDEX `tariff_plans_listed` ON `tariff_plans` (`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE TABLE `contract_fields` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`contract_id` integer NOT NULL,
	`field_name` text NOT NULL,
	`field_type` text NOT NULL,
	`value` text,
	FOREIGN KEY (`contract_id`) REFERENCES `contracts`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `contract_fields_name` ON `contract_fields` (`contract_id`,`field_name`);--> statement-breakpoint
CREATE TABLE `contracts` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`org_id` integer NOT NULL,
	`template_id` integer NOT NULL,
	`contract_token` text NOT NULL,
	`client_filled` integer DEFAULT false NOT NULL,
	`version` integer DEFAULT 0 NOT NULL,
	`generated_file_id` text,
	`generated_sha256` text,
	`signed_file_id` text,
	`package_id` text,
	`signed_at` text,
	`created_at` text NOT NULL,
	`deleted_at` text,
	FOREIGN KEY (`org_id`) REFERENCES `organizations`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`template_id`) REFERENCES `templates`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`generated_file_id`) REFERENCES `files`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`signed_file_id`) REFERENCES `files`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `contracts_token` ON `contracts` (`contract_token`);--> statement-breakpoint
CREATE INDEX `contracts_org` ON `contracts` (`org_id`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `contracts_active` ON `contracts` (`org_id`) WHERE deleted_at is null and signed_at is null;--> statement-breakpoint
CREATE INDEX `contracts_template` ON `contracts` (`template_id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE TABLE `signatures` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`org_id` integer NOT NULL,
	`contract_id` integer NOT NULL,
	`client_name` text NOT NULL,
	`client_iin` text NOT NULL,
	`client_phone` text NOT NULL,
	`method` text NOT NULL,
	`signed_at` text,
	`created_at` text NOT NULL,
	FOREIGN KEY (`contract_id`) REFERENCES `contracts`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `signatures_contract` ON `signatures` (`contract_id`,`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `signatures_signed_once` ON `signatures` (`contract_id`) WHERE signed_at is not null;--> statement-breakpoint
CREATE INDEX `signatures_last_signed` ON `signatures` (`org_id`,`signed_at`) WHERE signed_at is not null;--> statement-breakpoint
CREATE TABLE `signed_totals` (
	`org_id` integer NOT NULL,
	`month` text NOT NULL,
	`signed` integer NOT NULL,
	PRIMARY KEY(`org_id`, `month`)
);
--> statement-breakpoint
CREATE TABLE `dev_state` (
	`name` text PRIMARY KEY NOT NULL,
	`value` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `files` (
	`id` text PRIMARY KEY NOT NULL,
	`org_id` integer NOT NULL,
	`sha256` text NOT NULL,
	`name` text NOT NULL,
	`mime` text NOT NULL,
	`size` integer NOT NULL,
	`created_at` text NOT NULL,
	FOREIGN KEY (`org_id`) REFERENCES `organizations`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `files_org_sha` ON `files` (`org_id`,`sha256`);--> statement-breakpoint
CREATE TABLE `renderings` (
	`id` text PRIMARY KEY NOT NULL,
	`org_id` integer NOT NULL,
	`contract_id` integer NOT NULL,
	`version` integer NOT NULL,
	`status` text NOT NULL,
	`reason` text,
	`warnings` text NOT NULL,
	`attempts` integer DEFAULT 0 NOT NULL,
	`file_id` text,
	`created_at` text NOT NULL,
	`finished_at` text,
	FOREIGN KEY (`file_id`) REFERENCES `files`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `renderings_contract` ON `renderings` (`contract_id`,`version`);--> statement-breakpoint
CREATE TABLE `templates` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`org_id` integer NOT NULL,
	`name` text NOT NULL,
	`format` text NOT NULL,
	`file_id` text NOT NULL,
	`fields` text NOT NULL,
	`warnings` text NOT NULL,
	`large` integer DEFAULT false NOT NULL,
	`created_at` text NOT NULL,
	`deleted_at` text,
	FOREIGN KEY (`org_id`) REFERENCES `organizations`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`file_id`) REFERENCES `files`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `templates_org` ON `templates` (`org_id`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE TABLE `idempotency_keys` (
	`caller` text NOT NULL,
	`key` text NOT NULL,
	`body_hash` text NOT NULL,
	`state` text NOT NULL,
	`status` integer,
	`headers` text,
	`answer` text,
	`created_at` text NOT NULL,
	PRIMARY KEY(`caller`, `key`)
);
--> statement-breakpoint
CREATE INDEX `idempotency_keys_age` ON `idempotency_keys` (`created_at`);--> statement-breakpoint
CREATE TABLE `api_keys` (
	`id` text PRIMARY KEY NOT NULL,
	`org_id` integer NOT NULL,
	`name` text NOT NULL,
	`prefix` text NOT NULL,
	`hash` text NOT NULL,
	`scopes` text NOT NULL,
	`created_by` integer NOT NULL,
	`created_at` text NOT NULL,
	`last_used_at` text,
	`expires_at` text,
	`revoked_at` text,
	FOREIGN KEY (`org_id`) REFERENCES `organizations`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `api_keys_hash` ON `api_keys` (`hash`);--> statement-breakpoint
CREATE INDEX `api_keys_org` ON `api_keys` (`org_id`,`id`) WHERE revoked_at is null;--> statement-breakpoint
CREATE TABLE `login_failures` (
	`kind` text NOT NULL,
	`subject` text NOT NULL,
	`count` integer NOT NULL,
	`window_start` text NOT NULL,
	PRIMARY KEY(`kind`, `subject`)
);
--> statement-breakpoint
CREATE TABLE `organizations` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`name` text NOT NULL,
	`email` text NOT NULL,
	`phone` text NOT NULL,
	`time_zone` text,
	`created_at` text NOT NULL,
	`deleted_at` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `organizations_email` ON `organizations` (`email`) WHERE deleted_at is null;--> statement-breakpoint
CREATE UNIQUE INDEX `organizations_phone` ON `organizations` (`phone`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `organizations_listed` ON `organizations` (`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE TABLE `users` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`staff_id` text NOT NULL,
	`org_id` integer NOT NULL,
	`name` text NOT NULL,
	`email` text NOT NULL,
	`phone` text,
	`position` text,
	`role` text NOT NULL,
	`password_hash` text NOT NULL,
	`is_active` integer DEFAULT true NOT NULL,
	`created_at` text NOT NULL,
	`updated_at` text NOT NULL,
	`deleted_at` text,
	FOREIGN KEY (`org_id`) REFERENCES `organizations`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `users_email` ON `users` (`email`) WHERE deleted_at is null;--> statement-breakpoint
CREATE UNIQUE INDEX `users_phone` ON `users` (`phone`) WHERE deleted_at is null and phone is not null;--> statement-breakpoint
CREATE UNIQUE INDEX `users_staff` ON `users` (`staff_id`);--> statement-breakpoint
CREATE INDEX `users_org` ON `users` (`org_id`,`id`);--> statement-breakpoint
CREATE TABLE `message_log` (
	`id` text PRIMARY KEY NOT NULL,
	`org_id` integer,
	`channel` text NOT NULL,
	`provider` text NOT NULL,
	`status` text NOT NULL,
	`reason` text,
	`provider_code` text,
	`provider_id` text,
	`created_at` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `outbox_messages` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`id` text NOT NULL,
	`channel` text NOT NULL,
	`to` text NOT NULL,
	`text` text NOT NULL,
	`code` text,
	`subject` text,
	`attachments` text NOT NULL,
	`created_at` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `outbox_messages_id_unique` ON `outbox_messages` (`id`);--> statement-breakpoint
CREATE INDEX `outbox_messages_to` ON `outbox_messages` (`to`,`seq`);--> statement-breakpoint
CREATE TABLE `office_clients` (
	`id` text PRIMARY KEY NOT NULL,
	`org_id` integer NOT NULL,
	`phone` text NOT NULL,
	`last_name` text NOT NULL,
	`first_name` text NOT NULL,
	`middle_name` text,
	`full_name` text NOT NULL,
	`search_name` text NOT NULL,
	`email` text,
	`iin` text,
	`inn` text,
	`snils` text,
	`birth_date` text,
	`status` text NOT NULL,
	`password_hash` text NOT NULL,
	`created_at` text NOT NULL,
	FOREIGN KEY (`org_id`) REFERENCES `organizations`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `office_clients_phone` ON `office_clients` (`org_id`,`phone`);--> statement-breakpoint
CREATE INDEX `office_clients_org` ON `office_clients` (`org_id`,`id`);--> statement-breakpoint
CREATE INDEX `office_clients_login` ON `office_clients` (`phone`);--> statement-breakpoint
CREATE TABLE `office_companies` (
	`id` text PRIMARY KEY NOT NULL,
	`org_id` integer NOT NULL,
	`inn` text NOT NULL,
	`kpp` text DEFAULT '' NOT NULL,
	`name` text NOT NULL,
	`created_at` text NOT NULL,
	FOREIGN KEY (`org_id`) REFERENCES `organizations`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `office_companies_inn` ON `office_companies` (`org_id`,`inn`,`kpp`);--> statement-breakpoint
CREATE TABLE `office_employees` (
	`company_id` text NOT NULL,
	`client_id` text NOT NULL,
	`org_id` integer NOT NULL,
	`role` text NOT NULL,
	`position` text,
	`added_at` text NOT NULL,
	PRIMARY KEY(`company_id`, `client_id`),
	FOREIGN KEY (`company_id`) REFERENCES `office_companies`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`client_id`) REFERENCES `office_clients`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `office_employees_client` ON `office_employees` (`client_id`);--> statement-breakpoint
CREATE TABLE `office_login_codes` (
	`client_id` text PRIMARY KEY NOT NULL,
	`id` text NOT NULL,
	`code_hash` text NOT NULL,
	`sent_at` text NOT NULL,
	`expires_at` text NOT NULL,
	`wrong` integer DEFAULT 0 NOT NULL,
	`used_at` text,
	FOREIGN KEY (`client_id`) REFERENCES `office_clients`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `jobs` (
	`id` text PRIMARY KEY NOT NULL,
	`type` text NOT NULL,
	`payload` text,
	`status` text NOT NULL,
	`attempts` integer DEFAULT 0 NOT NULL,
	`due_at` text NOT NULL,
	`created_at` text NOT NULL,
	`finished_at` text,
	`error` text
);
--> statement-breakpoint
CREATE INDEX `jobs_due` ON `jobs` (`due_at`) WHERE status = 'pending';--> statement-breakpoint
CREATE INDEX `jobs_finished` ON `jobs` (`finished_at`) WHERE finished_at is not null;--> statement-breakpoint
CREATE TABLE `package_events` (
	`package_id` text NOT NULL,
	`seq` integer NOT NULL,
	`type` text NOT NULL,
	`at` text NOT NULL,
	`actor` text NOT NULL,
	`ip` text,
	`user_agent` text,
	`data` text,
	`prev_hash` text NOT NULL,
	`hash` text NOT NULL,
	PRIMARY KEY(`package_id`, `seq`)
);
--> statement-breakpoint
CREATE TABLE `package_files` (
	`id` text PRIMARY KEY NOT NULL,
	`package_id` text NOT NULL,
	`type` text NOT NULL,
	`name` text NOT NULL,
	`file_id` text NOT NULL,
	`sha256` text NOT NULL,
	`size` integer NOT NULL,
	FOREIGN KEY (`package_id`) REFERENCES `packages`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `package_files_package` ON `package_files` (`package_id`);--> statement-breakpoint
CREATE INDEX `package_files_sha` ON `package_files` (`sha256`);--> statement-breakpoint
CREATE TABLE `package_participants` (
	`id` text PRIMARY KEY NOT NULL,
	`package_id` text NOT NULL,
	`order` integer NOT NULL,
	`role` text NOT NULL,
	`full_name` text NOT NULL,
	`identifier` text,
	`phone` text,
	`status` text NOT NULL,
	`method` text,
	`acted_at` text,
	FOREIGN KEY (`package_id`) REFERENCES `packages`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `package_participants_package` ON `package_participants` (`package_id`);--> statement-breakpoint
CREATE TABLE `package_signatures` (
	`id` text PRIMARY KEY NOT NULL,
	`package_id` text NOT NULL,
	`participant_id` text NOT NULL,
	`document_id` text NOT NULL,
	`file_id` text NOT NULL,
	`certificate` text NOT NULL,
	`revocation` text NOT NULL,
	`signed_at` text NOT NULL,
	FOREIGN KEY (`package_id`) REFERENCES `packages`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `package_signatures_package` ON `package_signatures` (`package_id`);--> statement-breakpoint
CREATE TABLE `packages` (
	`id` text PRIMARY KEY NOT NULL,
	`org_id` integer NOT NULL,
	`subject_type` text NOT NULL,
	`subject_id` text NOT NULL,
	`title` text NOT NULL,
	`status` text NOT NULL,
	`version` integer NOT NULL,
	`created_at` text NOT NULL,
	`finished_at` text
);
--> statement-breakpoint
CREATE INDEX `packages_org` ON `packages` (`org_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `packages_subject` ON `packages` (`subject_type`,`subject_id`);--> statement-breakpoint
CREATE TABLE `trust_anchors` (
	`id` text PRIMARY KEY NOT NULL,
	`subject` text NOT NULL,
	`not_after` text NOT NULL,
	`thumbprint` text NOT NULL,
	`certificate` text NOT NULL,
	`created_at` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `trust_anchors_thumbprint` ON `trust_anchors` (`thumbprint`);--> statement-breakpoint
CREATE TABLE `webhook_deliveries` (
	`id` text PRIMARY KEY NOT NULL,
	`webhook_id` text NOT NULL,
	`message_id` text NOT NULL,
	`event` text NOT NULL,
	`body` text NOT NULL,
	`status` text NOT NULL,
	`attempts` integer DEFAULT 0 NOT NULL,
	`response_status` integer,
	`error` text,
	`created_at` text NOT NULL,
	`delivered_at` text,
	`next_attempt_at` text,
	FOREIGN KEY (`webhook_id`) REFERENCES `webhooks`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `webhook_deliveries_webhook` ON `webhook_deliveries` (`webhook_id`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `webhook_deliveries_due` ON `webhook_deliveries` (`next_attempt_at`) WHERE status = 'pending';--> statement-breakpoint
CREATE TABLE `webhooks` (
	`id` text PRIMARY KEY NOT NULL,
	`org_id` integer NOT NULL,
	`url` text NOT NULL,
	`events` text NOT NULL,
	`description` text,
	`status` text NOT NULL,
	`secrets` text NOT NULL,
	`failing_since` text,
	`created_at` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `webhooks_org` ON `webhooks` (`org_id`,`id`);