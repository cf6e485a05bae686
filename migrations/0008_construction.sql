CREATE TABLE `list_counts` (
	`org_id` integer NOT NULL,
	`list` text NOT NULL,
	`facet` text NOT NULL,
	`n` integer NOT NULL,
	PRIMARY KEY(`org_id`, `list`, `facet`)
);
--> statement-breakpoint
CREATE TABLE `mail_deliveries` (
	`id` text PRIMARY KEY NOT NULL,
	`return_hash` text NOT NULL,
	`org_id` integer,
	`schedule_id` integer,
	`address` text NOT NULL,
	`created_at` text NOT NULL,
	`failure` text,
	`code` text,
	`failed_at` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `mail_deliveries_return_hash_unique` ON `mail_deliveries` (`return_hash`);--> statement-breakpoint
CREATE INDEX `mail_deliveries_made` ON `mail_deliveries` (`created_at`);--> statement-breakpoint
CREATE INDEX `mail_deliveries_schedule` ON `mail_deliveries` (`schedule_id`,`address`,`created_at`) WHERE schedule_id is not null;--> statement-breakpoint
CREATE INDEX `mail_deliveries_failed` ON `mail_deliveries` (`schedule_id`,`created_at`) WHERE schedule_id is not null and failure is not null;--> statement-breakpoint
CREATE TABLE `custom_reports` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`org_id` integer NOT NULL,
	`created_at` text NOT NULL,
	`updated_at` text NOT NULL,
	`deleted_at` text,
	`user_id` integer NOT NULL,
	`name` text NOT NULL,
	`description` text,
	`report_category` text NOT NULL,
	`definition` text NOT NULL,
	`is_shared` integer DEFAULT false NOT NULL,
	`is_favorite` integer DEFAULT false NOT NULL,
	`execution_count` integer DEFAULT 0 NOT NULL,
	`last_executed_at` text
);
--> statement-breakpoint
CREATE INDEX `custom_reports_shared` ON `custom_reports` (`org_id`,`is_shared`,`created_at`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `custom_reports_shared_category` ON `custom_reports` (`org_id`,`is_shared`,`report_category`,`created_at`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `custom_reports_shared_favorite` ON `custom_reports` (`org_id`,`is_shared`,`is_favorite`,`created_at`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `custom_reports_own` ON `custom_reports` (`org_id`,`user_id`,`is_shared`,`created_at`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `custom_reports_own_category` ON `custom_reports` (`org_id`,`user_id`,`is_shared`,`report_category`,`created_at`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `custom_reports_own_favorite` ON `custom_reports` (`org_id`,`user_id`,`is_shared`,`is_favorite`,`created_at`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `custom_reports_author` ON `custom_reports` (`org_id`,`user_id`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE TABLE `report_executions` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`custom_report_id` integer NOT NULL,
	`org_id` integer NOT NULL,
	`user_id` integer,
	`applied_filters` text NOT NULL,
	`execution_time_ms` integer NOT NULL,
	`result_rows_count` integer NOT NULL,
	`export_format` text,
	`export_file_id` text,
	`status` text NOT NULL,
	`error_message` text,
	`created_at` text NOT NULL,
	`completed_at` text
);
--> statement-breakpoint
CREATE INDEX `report_executions_report` ON `report_executions` (`custom_report_id`,`id`);--> statement-breakpoint
CREATE TABLE `dashboard_settings` (
	`user_id` integer NOT NULL,
	`org_id` integer NOT NULL,
	`version` integer NOT NULL,
	`layout_mode` text NOT NULL,
	`items` text NOT NULL,
	`updated_at` text NOT NULL,
	PRIMARY KEY(`user_id`, `org_id`)
);
--> statement-breakpoint
CREATE TABLE `report_schedules` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`org_id` integer NOT NULL,
	`created_at` text NOT NULL,
	`updated_at` text NOT NULL,
	`deleted_at` text,
	`custom_report_id` integer NOT NULL,
	`user_id` integer NOT NULL,
	`schedule_type` text NOT NULL,
	`schedule_config` text NOT NULL,
	`filters_preset` text,
	`recipient_emails` text NOT NULL,
	`export_format` text NOT NULL,
	`is_active` integer DEFAULT true NOT NULL,
	`last_run_at` text,
	`next_run_at` text,
	`last_execution_id` integer,
	`failures` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE INDEX `report_schedules_report` ON `report_schedules` (`custom_report_id`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `report_schedules_due` ON `report_schedules` (`next_run_at`) WHERE deleted_at is null and is_active = 1;--> statement-breakpoint
CREATE TABLE `schedule_runs` (
	`id` text PRIMARY KEY NOT NULL,
	`schedule_id` integer NOT NULL,
	`org_id` integer NOT NULL,
	`due_at` text NOT NULL,
	`by_hand` integer DEFAULT false NOT NULL,
	`status` text NOT NULL,
	`execution_id` integer,
	`file_id` text,
	`created_at` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `schedule_runs_due` ON `schedule_runs` (`schedule_id`,`due_at`);--> statement-breakpoint
CREATE INDEX `schedule_runs_made` ON `schedule_runs` (`created_at`);--> statement-breakpoint
CREATE TABLE `report_templates` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`org_id` integer NOT NULL,
	`created_at` text NOT NULL,
	`updated_at` text NOT NULL,
	`deleted_at` text,
	`user_id` integer,
	`name` text NOT NULL,
	`report_type` text NOT NULL,
	`columns_config` text NOT NULL,
	`is_default` integer DEFAULT false NOT NULL
);
--> statement-breakpoint
CREATE INDEX `report_templates_listed` ON `report_templates` (`org_id`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE UNIQUE INDEX `report_templates_default` ON `report_templates` (`org_id`,`report_type`) WHERE is_default = 1 and deleted_at is null;--> statement-breakpoint
CREATE TABLE `accounting_runs` (
	`org_id` integer NOT NULL,
	`kind` text NOT NULL,
	`run_id` text NOT NULL,
	`status` text NOT NULL,
	`started_at` text NOT NULL,
	`finished_at` text,
	`stats` text,
	`error` text,
	PRIMARY KEY(`org_id`, `kind`)
);
--> statement-breakpoint
CREATE TABLE `act_files` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`act_id` integer NOT NULL,
	`file_id` text NOT NULL,
	`filename` text NOT NULL,
	`created_at` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `act_files_act` ON `act_files` (`act_id`);--> statement-breakpoint
CREATE TABLE `act_totals` (
	`org_id` integer PRIMARY KEY NOT NULL,
	`acts` integer NOT NULL,
	`approved` integer NOT NULL,
	`amount` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `act_works` (
	`act_id` integer NOT NULL,
	`work_id` integer NOT NULL,
	`included_quantity` integer NOT NULL,
	`included_amount` integer NOT NULL,
	`notes` text,
	PRIMARY KEY(`act_id`, `work_id`)
);
--> statement-breakpoint
CREATE INDEX `act_works_work` ON `act_works` (`work_id`);--> statement-breakpoint
CREATE TABLE `performance_acts` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`org_id` integer NOT NULL,
	`created_at` text NOT NULL,
	`updated_at` text NOT NULL,
	`deleted_at` text,
	`contract_id` integer NOT NULL,
	`project_id` integer,
	`contractor_id` integer,
	`act_document_number` text NOT NULL,
	`act_date` text NOT NULL,
	`description` text,
	`amount` integer NOT NULL,
	`is_approved` integer DEFAULT false NOT NULL,
	`approval_date` text,
	`search` text NOT NULL,
	`package_id` text
);
--> statement-breakpoint
CREATE INDEX `performance_acts_listed` ON `performance_acts` (`org_id`,`act_date`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `performance_acts_made` ON `performance_acts` (`org_id`,`created_at`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `performance_acts_amount` ON `performance_acts` (`org_id`,`amount`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `performance_acts_number` ON `performance_acts` (`org_id`,`act_document_number`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `performance_acts_numbered` ON `performance_acts` (`org_id`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `performance_acts_project` ON `performance_acts` (`org_id`,`project_id`,`act_date`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `performance_acts_contractor` ON `performance_acts` (`org_id`,`contractor_id`,`act_date`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `performance_acts_approved` ON `performance_acts` (`org_id`,`is_approved`,`act_date`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `performance_acts_package` ON `performance_acts` (`package_id`) WHERE package_id is not null;--> statement-breakpoint
CREATE INDEX `performance_acts_contract` ON `performance_acts` (`contract_id`,`act_date`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE TABLE `advance_accounts` (
	`org_id` integer NOT NULL,
	`user_id` integer NOT NULL,
	`balance` integer DEFAULT 0 NOT NULL,
	`issued` integer DEFAULT 0 NOT NULL,
	`spent` integer DEFAULT 0 NOT NULL,
	`returned` integer DEFAULT 0 NOT NULL,
	`reported` integer DEFAULT 0 NOT NULL,
	`last_transaction_at` text NOT NULL,
	PRIMARY KEY(`org_id`, `user_id`)
);
--> statement-breakpoint
CREATE TABLE `advance_files` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`transaction_id` integer NOT NULL,
	`file_id` text NOT NULL,
	`created_at` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `advance_files_transaction` ON `advance_files` (`transaction_id`,`id`);--> statement-breakpoint
CREATE TABLE `advance_settings` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`org_id` integer NOT NULL,
	`max_single_issue` integer,
	`report_deadline_days` integer,
	`dual_authorization_threshold` integer,
	`require_project_for_expense` integer DEFAULT false NOT NULL,
	`notify_overdue` integer DEFAULT true NOT NULL,
	`notify_high_value` integer DEFAULT false NOT NULL,
	`high_value_threshold` integer,
	`notify_approval` integer DEFAULT true NOT NULL,
	`notify_rejection` integer DEFAULT true NOT NULL,
	`reminder_days_before` integer,
	`created_at` text NOT NULL,
	`updated_at` text NOT NULL,
	CONSTRAINT "advance_settings_high_value" CHECK("advance_settings"."notify_high_value" = 0 or "advance_settings"."high_value_threshold" is not null)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `advance_settings_org` ON `advance_settings` (`org_id`);--> statement-breakpoint
CREATE TABLE `advance_transactions` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`org_id` integer NOT NULL,
	`created_at` text NOT NULL,
	`updated_at` text NOT NULL,
	`deleted_at` text,
	`user_id` integer NOT NULL,
	`project_id` integer,
	`type` text NOT NULL,
	`amount` integer NOT NULL,
	`description` text,
	`document_number` text,
	`document_date` text,
	`counts_from` text NOT NULL,
	`balance_after` integer NOT NULL,
	`status` text DEFAULT 'pending' NOT NULL,
	`reported_at` text,
	`approved_at` text,
	`created_by` integer,
	`approved_by` integer,
	`external_code` text,
	`accounting_data` text,
	`reminded_at` text,
	`overdue_told_at` text,
	CONSTRAINT "advance_transactions_amount" CHECK("advance_transactions"."amount" > 0)
);
--> statement-breakpoint
CREATE INDEX `advance_transactions_listed` ON `advance_transactions` (`org_id`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `advance_transactions_user` ON `advance_transactions` (`org_id`,`user_id`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `advance_transactions_project` ON `advance_transactions` (`org_id`,`project_id`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `advance_transactions_type` ON `advance_transactions` (`org_id`,`type`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `advance_transactions_status` ON `advance_transactions` (`org_id`,`status`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `advance_transactions_dated` ON `advance_transactions` (`org_id`,`document_date`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `advance_transactions_due` ON `advance_transactions` (`org_id`,`counts_from`,`user_id`) WHERE type = 'issue' and status = 'pending' and deleted_at is null;--> statement-breakpoint
CREATE INDEX `advance_transactions_open` ON `advance_transactions` (`org_id`,`user_id`,`counts_from`) WHERE type = 'issue' and status = 'pending' and deleted_at is null;--> statement-breakpoint
CREATE INDEX `advance_transactions_remind` ON `advance_transactions` (`org_id`,`counts_from`) WHERE type = 'issue' and status = 'pending' and deleted_at is null and reminded_at is null;--> statement-breakpoint
CREATE INDEX `advance_transactions_untold` ON `advance_transactions` (`org_id`,`counts_from`) WHERE type = 'issue' and status = 'pending' and deleted_at is null and overdue_told_at is null;--> statement-breakpoint
CREATE INDEX `advance_transactions_unexported` ON `advance_transactions` (`org_id`,`approved_at`) WHERE status = 'approved' and external_code is null and deleted_at is null;--> statement-breakpoint
CREATE TABLE `rate_coefficients` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`org_id` integer NOT NULL,
	`created_at` text NOT NULL,
	`updated_at` text NOT NULL,
	`deleted_at` text,
	`name` text NOT NULL,
	`name_key` text NOT NULL,
	`code` text,
	`code_key` text,
	`value` integer NOT NULL,
	`type` text NOT NULL,
	`applies_to` text NOT NULL,
	`scope` text NOT NULL,
	`description` text,
	`is_active` integer DEFAULT true NOT NULL,
	`valid_from` text,
	`valid_to` text,
	`conditions` text,
	CONSTRAINT "rate_coefficients_dates" CHECK(valid_to >= valid_from)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `rate_coefficients_unique` ON `rate_coefficients` (`org_id`,`code`) WHERE deleted_at is null and code is not null;--> statement-breakpoint
CREATE INDEX `rate_coefficients_listed` ON `rate_coefficients` (`org_id`,`created_at`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `rate_coefficients_named` ON `rate_coefficients` (`org_id`,`name`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `rate_coefficients_updated` ON `rate_coefficients` (`org_id`,`updated_at`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `rate_coefficients_value` ON `rate_coefficients` (`org_id`,`value`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `rate_coefficients_type` ON `rate_coefficients` (`org_id`,`type`,`created_at`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `rate_coefficients_purpose` ON `rate_coefficients` (`org_id`,`applies_to`,`created_at`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `rate_coefficients_scope` ON `rate_coefficients` (`org_id`,`scope`,`created_at`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `rate_coefficients_active` ON `rate_coefficients` (`org_id`,`is_active`,`created_at`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE TABLE `contractors` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`org_id` integer NOT NULL,
	`created_at` text NOT NULL,
	`updated_at` text NOT NULL,
	`deleted_at` text,
	`contractor_type` text NOT NULL,
	`name` text NOT NULL,
	`name_key` text NOT NULL,
	`contact_person` text,
	`phone` text,
	`email` text,
	`legal_address` text,
	`inn` text,
	`kpp` text,
	`bank_details` text,
	`notes` text,
	`source_org_id` integer,
	`contractor_invitation_id` integer,
	`connected_at` text,
	`sync_settings` text,
	`last_sync_at` text,
	`search` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `contractors_unique_inn` ON `contractors` (`org_id`,`inn`) WHERE deleted_at is null and inn is not null;--> statement-breakpoint
CREATE UNIQUE INDEX `contractors_unique_email` ON `contractors` (`org_id`,`email`) WHERE deleted_at is null and email is not null;--> statement-breakpoint
CREATE UNIQUE INDEX `contractors_unique_source` ON `contractors` (`org_id`,`source_org_id`) WHERE deleted_at is null and source_org_id is not null;--> statement-breakpoint
CREATE UNIQUE INDEX `contractors_unique_self` ON `contractors` (`org_id`) WHERE deleted_at is null and contractor_type = 'self_execution';--> statement-breakpoint
CREATE INDEX `contractors_named` ON `contractors` (`org_id`,`name`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `contractors_listed` ON `contractors` (`org_id`,`created_at`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `contractors_source` ON `contractors` (`source_org_id`) WHERE source_org_id is not null;--> statement-breakpoint
CREATE TABLE `contract_payments` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`org_id` integer NOT NULL,
	`created_at` text NOT NULL,
	`updated_at` text NOT NULL,
	`deleted_at` text,
	`contract_id` integer NOT NULL,
	`payment_date` text NOT NULL,
	`amount` integer NOT NULL,
	`payment_type` text NOT NULL,
	`reference_document_number` text,
	`description` text
);
--> statement-breakpoint
CREATE INDEX `contract_payments_contract` ON `contract_payments` (`contract_id`,`payment_date`,`id`);--> statement-breakpoint
CREATE INDEX `contract_payments_dated` ON `contract_payments` (`org_id`,`payment_date`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `contract_payments_of` ON `contract_payments` (`org_id`,`contract_id`,`payment_date`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE TABLE `contract_specifications` (
	`contract_id` integer NOT NULL,
	`specification_id` integer NOT NULL,
	`attached_at` text NOT NULL,
	PRIMARY KEY(`contract_id`, `specification_id`)
);
--> statement-breakpoint
CREATE INDEX `contract_specifications_of` ON `contract_specifications` (`specification_id`);--> statement-breakpoint
CREATE TABLE `project_contracts` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`org_id` integer NOT NULL,
	`created_at` text NOT NULL,
	`updated_at` text NOT NULL,
	`deleted_at` text,
	`project_id` integer,
	`contractor_id` integer NOT NULL,
	`contractor_name` text DEFAULT '' NOT NULL,
	`parent_contract_id` integer,
	`number` text NOT NULL,
	`date` text NOT NULL,
	`subject` text,
	`work_type_category` text,
	`payment_terms` text,
	`total_amount` integer NOT NULL,
	`gp_percentage` integer DEFAULT 0 NOT NULL,
	`planned_advance_amount` integer DEFAULT 0 NOT NULL,
	`actual_advance_amount` integer DEFAULT 0 NOT NULL,
	`status` text NOT NULL,
	`start_date` text,
	`end_date` text,
	`notes` text,
	`search` text NOT NULL,
	`package_id` text,
	`completed_amount` integer DEFAULT 0 NOT NULL,
	`performed_amount` integer DEFAULT 0 NOT NULL,
	`paid_amount` integer DEFAULT 0 NOT NULL,
	CONSTRAINT "project_contracts_days" CHECK(start_date is null or end_date is null or end_date >= start_date)
);
--> statement-breakpoint
CREATE INDEX `project_contracts_listed` ON `project_contracts` (`org_id`,`created_at`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `project_contracts_updated` ON `project_contracts` (`org_id`,`updated_at`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `project_contracts_number` ON `project_contracts` (`org_id`,`number`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `project_contracts_date` ON `project_contracts` (`org_id`,`date`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `project_contracts_amount` ON `project_contracts` (`org_id`,`total_amount`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `project_contracts_by_status` ON `project_contracts` (`org_id`,`status`,`id`,`total_amount`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `project_contracts_started` ON `project_contracts` (`org_id`,`start_date`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `project_contracts_ended` ON `project_contracts` (`org_id`,`end_date`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `project_contracts_status` ON `project_contracts` (`org_id`,`status`,`created_at`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `project_contracts_category` ON `project_contracts` (`org_id`,`work_type_category`,`created_at`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `project_contracts_contractor` ON `project_contracts` (`org_id`,`contractor_id`,`created_at`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `project_contracts_of_contractor` ON `project_contracts` (`contractor_id`);--> statement-breakpoint
CREATE INDEX `project_contracts_project` ON `project_contracts` (`org_id`,`project_id`,`created_at`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `project_contracts_due` ON `project_contracts` (`org_id`,`status`,`end_date`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `project_contracts_near` ON `project_contracts` (`org_id`,`id`) WHERE deleted_at is null and total_amount > 0 and completed_amount * 20000 >= total_amount * 17999;--> statement-breakpoint
CREATE INDEX `project_contracts_parent` ON `project_contracts` (`parent_contract_id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `project_contracts_package` ON `project_contracts` (`package_id`) WHERE package_id is not null;--> statement-breakpoint
CREATE TABLE `specifications` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`org_id` integer NOT NULL,
	`created_at` text NOT NULL,
	`updated_at` text NOT NULL,
	`deleted_at` text,
	`number` text NOT NULL,
	`spec_date` text NOT NULL,
	`total_amount` integer NOT NULL,
	`scope_items` text NOT NULL,
	`status` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `specifications_unique` ON `specifications` (`org_id`,`number`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `specifications_listed` ON `specifications` (`org_id`,`created_at`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE TABLE `supplementary_agreements` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`org_id` integer NOT NULL,
	`created_at` text NOT NULL,
	`updated_at` text NOT NULL,
	`deleted_at` text,
	`contract_id` integer NOT NULL,
	`number` text NOT NULL,
	`agreement_date` text NOT NULL,
	`change_amount` integer,
	`supersede_agreement_ids` text,
	`subject_changes` text NOT NULL,
	`subcontract_changes` text,
	`gp_changes` text,
	`advance_changes` text,
	`package_id` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `supplementary_agreements_unique` ON `supplementary_agreements` (`contract_id`,`number`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `supplementary_agreements_dated` ON `supplementary_agreements` (`contract_id`,`agreement_date`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE TABLE `cost_categories` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`org_id` integer NOT NULL,
	`created_at` text NOT NULL,
	`updated_at` text NOT NULL,
	`deleted_at` text,
	`name` text NOT NULL,
	`code` text,
	`external_code` text,
	`description` text,
	`parent_id` integer,
	`is_active` integer DEFAULT true NOT NULL,
	`sort_order` integer DEFAULT 0 NOT NULL,
	`projects_count` integer DEFAULT 0 NOT NULL,
	`additional_attributes` text,
	`search` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `cost_categories_unique` ON `cost_categories` (`org_id`,`code`) WHERE deleted_at is null and code is not null;--> statement-breakpoint
CREATE INDEX `cost_categories_listed` ON `cost_categories` (`org_id`,`sort_order`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `cost_categories_named` ON `cost_categories` (`org_id`,`name`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `cost_categories_made` ON `cost_categories` (`org_id`,`created_at`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `cost_categories_updated` ON `cost_categories` (`org_id`,`updated_at`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `cost_categories_active` ON `cost_categories` (`org_id`,`is_active`,`sort_order`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `cost_categories_children` ON `cost_categories` (`org_id`,`parent_id`,`sort_order`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `cost_categories_external` ON `cost_categories` (`org_id`,`external_code`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `cost_categories_parent` ON `cost_categories` (`parent_id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE TABLE `dropped_bytes` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`org_id` integer NOT NULL,
	`sha256` text NOT NULL,
	`due_at` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `dropped_bytes_due` ON `dropped_bytes` (`due_at`);--> statement-breakpoint
CREATE TABLE `personal_files` (
	`id` text PRIMARY KEY NOT NULL,
	`org_id` integer NOT NULL,
	`user_id` integer NOT NULL,
	`parent` text NOT NULL,
	`name` text NOT NULL,
	`name_key` text NOT NULL,
	`is_folder` integer NOT NULL,
	`file_id` text,
	`size` integer DEFAULT 0 NOT NULL,
	`created_at` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `personal_files_unique` ON `personal_files` (`user_id`,`parent`,`name`);--> statement-breakpoint
CREATE INDEX `personal_files_listed` ON `personal_files` (`user_id`,`parent`,`is_folder`,`name_key`,`name`);--> statement-breakpoint
CREATE INDEX `personal_files_used` ON `personal_files` (`user_id`,`size`);--> statement-breakpoint
CREATE INDEX `personal_files_file` ON `personal_files` (`file_id`) WHERE file_id is not null;--> statement-breakpoint
CREATE TABLE `report_files` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`org_id` integer NOT NULL,
	`type` text NOT NULL,
	`path` text NOT NULL,
	`file_id` text NOT NULL,
	`filename` text NOT NULL,
	`filename_key` text NOT NULL,
	`name` text,
	`size` integer NOT NULL,
	`created_at` text NOT NULL,
	`expires_at` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `report_files_path` ON `report_files` (`org_id`,`path`);--> statement-breakpoint
CREATE INDEX `report_files_listed` ON `report_files` (`org_id`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `report_files_sized` ON `report_files` (`org_id`,`size`,`id`);--> statement-breakpoint
CREATE INDEX `report_files_named` ON `report_files` (`org_id`,`filename`,`id`);--> statement-breakpoint
CREATE INDEX `report_files_typed` ON `report_files` (`org_id`,`type`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `report_files_expire` ON `report_files` (`expires_at`);--> statement-breakpoint
CREATE INDEX `report_files_file` ON `report_files` (`file_id`);--> statement-breakpoint
CREATE INDEX `report_files_over` ON `report_files` (`org_id`,`expires_at`,`type`);--> statement-breakpoint
CREATE TABLE `consumption_norms` (
	`org_id` integer NOT NULL,
	`work_type_id` integer NOT NULL,
	`material_id` integer NOT NULL,
	`quantity` integer NOT NULL,
	`notes` text,
	`created_at` text NOT NULL,
	`updated_at` text NOT NULL,
	PRIMARY KEY(`work_type_id`, `material_id`)
);
--> statement-breakpoint
CREATE INDEX `consumption_norms_material` ON `consumption_norms` (`material_id`);--> statement-breakpoint
CREATE TABLE `material_movements` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`org_id` integer NOT NULL,
	`created_at` text NOT NULL,
	`updated_at` text NOT NULL,
	`deleted_at` text,
	`project_id` integer NOT NULL,
	`material_id` integer NOT NULL,
	`user_id` integer,
	`operation` text NOT NULL,
	`quantity` integer NOT NULL,
	`unit_price` integer,
	`total_price` integer,
	`supplier_id` integer,
	`document_number` text,
	`invoice_date` text,
	`usage_date` text NOT NULL,
	`work_type_id` integer,
	`work_id` integer,
	`notes` text,
	`photo_file_id` text
);
--> statement-breakpoint
CREATE INDEX `material_movements_listed` ON `material_movements` (`org_id`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `material_movements_made` ON `material_movements` (`org_id`,`created_at`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `material_movements_log_project` ON `material_movements` (`org_id`,`project_id`,`created_at`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `material_movements_log_material` ON `material_movements` (`org_id`,`material_id`,`created_at`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `material_movements_log_user` ON `material_movements` (`org_id`,`user_id`,`created_at`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `material_movements_operation` ON `material_movements` (`org_id`,`operation`,`created_at`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `material_movements_used` ON `material_movements` (`org_id`,`usage_date`,`id`,`operation`,`project_id`,`material_id`,`user_id`,`supplier_id`,`quantity`,`total_price`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `material_movements_material` ON `material_movements` (`org_id`,`material_id`,`usage_date`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `material_movements_project` ON `material_movements` (`org_id`,`project_id`,`usage_date`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `material_movements_delivered` ON `material_movements` (`material_id`,`usage_date`,`supplier_id`) WHERE deleted_at is null and operation = 'receipt' and supplier_id is not null;--> statement-breakpoint
CREATE UNIQUE INDEX `material_movements_work` ON `material_movements` (`work_id`,`material_id`) WHERE work_id is not null;--> statement-breakpoint
CREATE TABLE `materials` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`org_id` integer NOT NULL,
	`created_at` text NOT NULL,
	`updated_at` text NOT NULL,
	`deleted_at` text,
	`name` text NOT NULL,
	`name_key` text NOT NULL,
	`code` text,
	`measurement_unit_id` integer NOT NULL,
	`description` text,
	`category` text,
	`default_price` integer,
	`additional_properties` text,
	`is_active` integer DEFAULT true NOT NULL,
	`external_code` text,
	`sbis_nomenclature_code` text,
	`sbis_unit_code` text,
	`accounting_data` text,
	`use_in_accounting_reports` integer DEFAULT false NOT NULL,
	`accounting_account` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `materials_unique_name` ON `materials` (`org_id`,`name`) WHERE deleted_at is null;--> statement-breakpoint
CREATE UNIQUE INDEX `materials_unique_external` ON `materials` (`org_id`,`external_code`) WHERE deleted_at is null and external_code is not null;--> statement-breakpoint
CREATE INDEX `materials_listed` ON `materials` (`org_id`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `materials_sbis` ON `materials` (`org_id`,`sbis_nomenclature_code`) WHERE deleted_at is null and sbis_nomenclature_code is not null;--> statement-breakpoint
CREATE INDEX `materials_category` ON `materials` (`org_id`,`category`,`name`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `materials_active` ON `materials` (`org_id`,`is_active`,`name`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `materials_made` ON `materials` (`org_id`,`created_at`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `materials_updated` ON `materials` (`org_id`,`updated_at`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `materials_category_made` ON `materials` (`org_id`,`category`,`created_at`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `materials_active_made` ON `materials` (`org_id`,`is_active`,`created_at`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `materials_unit` ON `materials` (`measurement_unit_id`);--> statement-breakpoint
CREATE TABLE `movement_sums` (
	`org_id` integer NOT NULL,
	`project_id` integer NOT NULL,
	`material_id` integer NOT NULL,
	`operation` text NOT NULL,
	`user_id` integer NOT NULL,
	`supplier_id` integer NOT NULL,
	`n` integer NOT NULL,
	`quantity` integer NOT NULL,
	`amount` integer NOT NULL,
	`priced` integer NOT NULL,
	`last_day` text NOT NULL,
	PRIMARY KEY(`org_id`, `project_id`, `material_id`, `operation`, `user_id`, `supplier_id`)
);
--> statement-breakpoint
CREATE TABLE `contractor_invitations` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`org_id` integer NOT NULL,
	`invited_org_id` integer NOT NULL,
	`token_hash` text NOT NULL,
	`nonce` text NOT NULL,
	`status` text NOT NULL,
	`message` text,
	`metadata` text,
	`expires_at` text NOT NULL,
	`invited_by` integer,
	`answered_by` integer,
	`accepted_at` text,
	`contractor_id` integer,
	`created_at` text NOT NULL,
	`updated_at` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `contractor_invitations_live` ON `contractor_invitations` (`org_id`,`invited_org_id`) WHERE status = 'pending';--> statement-breakpoint
CREATE UNIQUE INDEX `contractor_invitations_token` ON `contractor_invitations` (`token_hash`);--> statement-breakpoint
CREATE INDEX `contractor_invitations_sent` ON `contractor_invitations` (`org_id`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `contractor_invitations_received` ON `contractor_invitations` (`invited_org_id`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `contractor_invitations_sent_status` ON `contractor_invitations` (`org_id`,`status`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `contractor_invitations_received_status` ON `contractor_invitations` (`invited_org_id`,`status`,`created_at`,`id`);--> statement-breakpoint
CREATE TABLE `organization_profiles` (
	`org_id` integer PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`is_active` integer DEFAULT true NOT NULL,
	`legal_name` text,
	`bin` text,
	`address` text,
	`city` text,
	`city_key` text,
	`country` text,
	`country_key` text,
	`is_verified` integer DEFAULT false NOT NULL,
	`connections` integer DEFAULT 0 NOT NULL,
	`stale` integer DEFAULT false NOT NULL
);
--> statement-breakpoint
CREATE INDEX `organization_profiles_ranked` ON `organization_profiles` (`is_active`,`is_verified`,`connections`,`org_id`);--> statement-breakpoint
CREATE INDEX `organization_profiles_named` ON `organization_profiles` (`is_active`,`name`,`org_id`);--> statement-breakpoint
CREATE INDEX `organization_profiles_city` ON `organization_profiles` (`is_active`,`city_key`,`connections`,`org_id`);--> statement-breakpoint
CREATE INDEX `organization_profiles_country` ON `organization_profiles` (`is_active`,`country_key`,`is_verified`,`connections`,`org_id`);--> statement-breakpoint
CREATE INDEX `organization_profiles_connected` ON `organization_profiles` (`is_active`,`connections`,`org_id`);--> statement-breakpoint
CREATE INDEX `organization_profiles_stale` ON `organization_profiles` (`org_id`) WHERE stale = 1;--> statement-breakpoint
CREATE TABLE `memberships` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`org_id` integer NOT NULL,
	`user_id` integer NOT NULL,
	`is_guest` integer DEFAULT false NOT NULL,
	`is_active` integer DEFAULT true NOT NULL,
	`position` text,
	`name` text NOT NULL,
	`name_key` text NOT NULL,
	`search` text NOT NULL,
	`email` text NOT NULL,
	`external_code` text,
	`employee_id` text,
	`accounting_account` text,
	`accounting_data` text,
	`created_at` text NOT NULL,
	`updated_at` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `memberships_unique` ON `memberships` (`org_id`,`user_id`);--> statement-breakpoint
CREATE INDEX `memberships_user` ON `memberships` (`user_id`);--> statement-breakpoint
CREATE INDEX `memberships_listed` ON `memberships` (`org_id`,`created_at`,`user_id`);--> statement-breakpoint
CREATE INDEX `memberships_updated` ON `memberships` (`org_id`,`updated_at`,`user_id`);--> statement-breakpoint
CREATE INDEX `memberships_named` ON `memberships` (`org_id`,`name`,`user_id`);--> statement-breakpoint
CREATE INDEX `memberships_mailed` ON `memberships` (`org_id`,`email`,`user_id`);--> statement-breakpoint
CREATE INDEX `memberships_active` ON `memberships` (`org_id`,`is_active`,`created_at`,`user_id`);--> statement-breakpoint
CREATE INDEX `memberships_guests` ON `memberships` (`org_id`,`is_active`) WHERE is_guest = 1;--> statement-breakpoint
CREATE INDEX `memberships_employee` ON `memberships` (`org_id`,`employee_id`);--> statement-breakpoint
CREATE INDEX `memberships_external` ON `memberships` (`org_id`,`external_code`);--> statement-breakpoint
CREATE TABLE `organization_limits` (
	`org_id` integer PRIMARY KEY NOT NULL,
	`modules` text,
	`max_users` integer,
	`max_projects` integer,
	`users_over` integer DEFAULT 0 NOT NULL,
	`projects_over` integer DEFAULT 0 NOT NULL,
	CONSTRAINT "organization_limits_users" CHECK("organization_limits"."users_over" = 0),
	CONSTRAINT "organization_limits_projects" CHECK("organization_limits"."projects_over" = 0)
);
--> statement-breakpoint
CREATE TABLE `project_foremen` (
	`project_id` integer NOT NULL,
	`user_id` integer NOT NULL,
	`created_at` text NOT NULL,
	PRIMARY KEY(`project_id`, `user_id`)
);
--> statement-breakpoint
CREATE INDEX `project_foremen_user` ON `project_foremen` (`user_id`);--> statement-breakpoint
CREATE TABLE `project_organizations` (
	`project_id` integer NOT NULL,
	`org_id` integer NOT NULL,
	`role` text NOT NULL,
	`created_at` text NOT NULL,
	PRIMARY KEY(`project_id`, `org_id`)
);
--> statement-breakpoint
CREATE INDEX `project_organizations_org` ON `project_organizations` (`org_id`);--> statement-breakpoint
CREATE TABLE `projects` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`org_id` integer NOT NULL,
	`created_at` text NOT NULL,
	`updated_at` text NOT NULL,
	`deleted_at` text,
	`name` text NOT NULL,
	`name_key` text NOT NULL,
	`address` text,
	`description` text,
	`customer` text,
	`designer` text,
	`start_date` text,
	`end_date` text,
	`status` text NOT NULL,
	`is_archived` integer DEFAULT false NOT NULL,
	`additional_info` text,
	`external_code` text,
	`cost_category_id` integer,
	`accounting_data` text,
	`use_in_accounting_reports` integer DEFAULT false NOT NULL,
	`budget_amount` integer,
	`site_area` integer,
	`contract_number` text,
	`search` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `projects_listed` ON `projects` (`org_id`,`created_at`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `projects_named` ON `projects` (`org_id`,`name`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `projects_status` ON `projects` (`org_id`,`status`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `projects_started` ON `projects` (`org_id`,`start_date`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `projects_ended` ON `projects` (`org_id`,`end_date`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `projects_updated` ON `projects` (`org_id`,`updated_at`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `projects_of_status` ON `projects` (`org_id`,`status`,`created_at`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `projects_archived` ON `projects` (`org_id`,`is_archived`,`created_at`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `projects_category` ON `projects` (`cost_category_id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `projects_external` ON `projects` (`org_id`,`external_code`) WHERE external_code is not null;--> statement-breakpoint
CREATE TABLE `site_requests` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`org_id` integer NOT NULL,
	`created_at` text NOT NULL,
	`updated_at` text NOT NULL,
	`deleted_at` text,
	`project_id` integer NOT NULL,
	`kind` text NOT NULL,
	`title` text NOT NULL,
	`title_key` text NOT NULL,
	`description` text,
	`priority` text NOT NULL,
	`status` text NOT NULL,
	`required_date` text,
	`created_by` integer,
	`answer` text,
	`processed_by` integer,
	`processed_at` text
);
--> statement-breakpoint
CREATE INDEX `site_requests_listed` ON `site_requests` (`org_id`,`created_at`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `site_requests_project` ON `site_requests` (`org_id`,`project_id`,`created_at`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `site_requests_status` ON `site_requests` (`org_id`,`status`,`created_at`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `site_requests_kind` ON `site_requests` (`org_id`,`kind`,`created_at`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `site_requests_needed` ON `site_requests` (`org_id`,`required_date`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `site_requests_author` ON `site_requests` (`created_by`,`created_at`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE TABLE `suppliers` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`org_id` integer NOT NULL,
	`created_at` text NOT NULL,
	`updated_at` text NOT NULL,
	`deleted_at` text,
	`name` text NOT NULL,
	`name_key` text NOT NULL,
	`code` text,
	`contact_person` text,
	`phone` text,
	`email` text,
	`address` text,
	`tax_number` text,
	`description` text,
	`is_active` integer DEFAULT true NOT NULL,
	`additional_info` text,
	`external_code` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `suppliers_unique` ON `suppliers` (`org_id`,`name`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `suppliers_listed` ON `suppliers` (`org_id`,`created_at`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `suppliers_updated` ON `suppliers` (`org_id`,`updated_at`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `suppliers_active` ON `suppliers` (`org_id`,`is_active`,`name`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE TABLE `time_entries` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`org_id` integer NOT NULL,
	`created_at` text NOT NULL,
	`updated_at` text NOT NULL,
	`deleted_at` text,
	`user_id` integer NOT NULL,
	`project_id` integer NOT NULL,
	`work_type_id` integer,
	`work_date` text NOT NULL,
	`start_time` text NOT NULL,
	`end_time` text,
	`hours_worked` integer,
	`break_time` integer,
	`title` text NOT NULL,
	`description` text,
	`status` text NOT NULL,
	`approved_by` integer,
	`approved_at` text,
	`rejection_reason` text,
	`is_billable` integer DEFAULT true NOT NULL,
	`hourly_rate` integer,
	`total_cost` integer,
	`location` text,
	`custom_fields` text,
	`notes` text,
	`created_by` integer
);
--> statement-breakpoint
CREATE INDEX `time_entries_listed` ON `time_entries` (`org_id`,`work_date`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `time_entries_person` ON `time_entries` (`org_id`,`user_id`,`work_date`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `time_entries_project` ON `time_entries` (`org_id`,`project_id`,`work_date`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `time_entries_status` ON `time_entries` (`org_id`,`status`,`work_date`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `time_entries_billable` ON `time_entries` (`org_id`,`is_billable`,`work_date`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `time_entries_type` ON `time_entries` (`work_type_id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE TABLE `measurement_units` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`org_id` integer NOT NULL,
	`created_at` text NOT NULL,
	`updated_at` text NOT NULL,
	`deleted_at` text,
	`name` text NOT NULL,
	`short_name` text NOT NULL,
	`type` text NOT NULL,
	`description` text,
	`is_default` integer DEFAULT false NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `measurement_units_unique` ON `measurement_units` (`org_id`,`name`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `measurement_units_listed` ON `measurement_units` (`org_id`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `measurement_units_type` ON `measurement_units` (`org_id`,`type`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE TABLE `work_types` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`org_id` integer NOT NULL,
	`created_at` text NOT NULL,
	`updated_at` text NOT NULL,
	`deleted_at` text,
	`name` text NOT NULL,
	`name_key` text NOT NULL,
	`code` text,
	`external_code` text,
	`category` text,
	`description` text,
	`default_price` integer,
	`measurement_unit_id` integer NOT NULL,
	`is_active` integer DEFAULT true NOT NULL,
	`additional_properties` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `work_types_unique` ON `work_types` (`org_id`,`name`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `work_types_category` ON `work_types` (`org_id`,`category`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `work_types_of_category` ON `work_types` (`org_id`,`category`,`name`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `work_types_active` ON `work_types` (`org_id`,`is_active`,`name`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `work_types_made` ON `work_types` (`org_id`,`created_at`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `work_types_updated` ON `work_types` (`org_id`,`updated_at`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `work_types_listed` ON `work_types` (`org_id`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `work_types_alike` ON `work_types` (`name_key`,`org_id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `work_types_unit` ON `work_types` (`measurement_unit_id`);--> statement-breakpoint
CREATE TABLE `completed_works` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`org_id` integer NOT NULL,
	`created_at` text NOT NULL,
	`updated_at` text NOT NULL,
	`deleted_at` text,
	`project_id` integer NOT NULL,
	`contract_id` integer,
	`contractor_id` integer,
	`work_type_id` integer NOT NULL,
	`user_id` integer NOT NULL,
	`host_org_id` integer,
	`version` integer DEFAULT 1 NOT NULL,
	`quantity` integer NOT NULL,
	`price` integer,
	`total_amount` integer NOT NULL,
	`cost_basis` text DEFAULT 'price' NOT NULL,
	`completion_date` text NOT NULL,
	`notes` text,
	`search` text NOT NULL,
	`status` text NOT NULL,
	`additional_info` text,
	`coefficients` text,
	`created_by` integer,
	`used_materials` text DEFAULT '[]' NOT NULL
);
--> statement-breakpoint
CREATE INDEX `completed_works_listed` ON `completed_works` (`org_id`,`completion_date`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `completed_works_made` ON `completed_works` (`org_id`,`created_at`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `completed_works_numbered` ON `completed_works` (`org_id`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `completed_works_by_status` ON `completed_works` (`org_id`,`status`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `completed_works_log` ON `completed_works` (`org_id`,`status`,`created_at`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `completed_works_log_project` ON `completed_works` (`org_id`,`status`,`project_id`,`created_at`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `completed_works_log_type` ON `completed_works` (`org_id`,`status`,`work_type_id`,`created_at`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `completed_works_log_user` ON `completed_works` (`org_id`,`status`,`user_id`,`created_at`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `completed_works_amount` ON `completed_works` (`org_id`,`total_amount`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `completed_works_quantity` ON `completed_works` (`org_id`,`quantity`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `completed_works_status` ON `completed_works` (`org_id`,`status`,`completion_date`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `completed_works_of_project` ON `completed_works` (`org_id`,`project_id`,`completion_date`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `completed_works_of_contract` ON `completed_works` (`org_id`,`contract_id`,`completion_date`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `completed_works_of_type` ON `completed_works` (`org_id`,`work_type_id`,`completion_date`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `completed_works_of_user` ON `completed_works` (`org_id`,`user_id`,`completion_date`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `completed_works_of_contractor` ON `completed_works` (`org_id`,`contractor_id`,`completion_date`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `completed_works_hosted` ON `completed_works` (`host_org_id`,`project_id`,`completion_date`,`id`) WHERE deleted_at is null and host_org_id is not null;--> statement-breakpoint
CREATE INDEX `completed_works_hosted_status` ON `completed_works` (`host_org_id`,`project_id`,`status`,`completion_date`,`id`) WHERE deleted_at is null and host_org_id is not null;--> statement-breakpoint
CREATE INDEX `completed_works_hosted_type` ON `completed_works` (`host_org_id`,`project_id`,`work_type_id`,`completion_date`,`id`) WHERE deleted_at is null and host_org_id is not null;--> statement-breakpoint
CREATE INDEX `completed_works_hosted_by` ON `completed_works` (`host_org_id`,`project_id`,`org_id`,`completion_date`,`id`) WHERE deleted_at is null and host_org_id is not null;--> statement-breakpoint
CREATE INDEX `completed_works_project` ON `completed_works` (`project_id`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `completed_works_contract` ON `completed_works` (`contract_id`,`completion_date`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `completed_works_type` ON `completed_works` (`work_type_id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `completed_works_contractor` ON `completed_works` (`contractor_id`,`id`) WHERE deleted_at is null and contractor_id is not null;--> statement-breakpoint
CREATE TABLE `work_materials` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`work_id` integer NOT NULL,
	`material_id` integer NOT NULL,
	`quantity` integer NOT NULL,
	`unit_price` integer,
	`total_amount` integer,
	`notes` text,
	`created_at` text NOT NULL,
	`updated_at` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `work_materials_unique` ON `work_materials` (`work_id`,`material_id`);--> statement-breakpoint
CREATE INDEX `work_materials_material` ON `work_materials` (`material_id`);--> statement-breakpoint
ALTER TABLE `organizations` ADD `parent_id` integer;--> statement-breakpoint
CREATE INDEX `organizations_children` ON `organizations` (`parent_id`) WHERE parent_id is not null and deleted_at is null;--> statement-breakpoint
ALTER TABLE `users` ADD `contact_phone` text;--> statement-breakpoint
ALTER TABLE `users` ADD `avatar_file_id` text;--> statement-breakpoint
ALTER TABLE `users` ADD `email_verified_at` text;--> statement-breakpoint
ALTER TABLE `users` ADD `last_login_at` text;
--> statement-breakpoint
INSERT INTO `measurement_units` (`org_id`, `name`, `short_name`, `type`, `description`, `is_default`, `created_at`, `updated_at`) VALUES
  (0, 'штука', 'шт', 'material', NULL, 0, '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z'),
  (0, 'метр', 'м', 'material', NULL, 0, '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z'),
  (0, 'погонный метр', 'пог. м', 'material', NULL, 0, '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z'),
  (0, 'квадратный метр', 'м²', 'material', NULL, 0, '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z'),
  (0, 'кубический метр', 'м³', 'material', NULL, 0, '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z'),
  (0, 'килограмм', 'кг', 'material', NULL, 0, '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z'),
  (0, 'тонна', 'т', 'material', NULL, 0, '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z'),
  (0, 'литр', 'л', 'material', NULL, 0, '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z'),
  (0, 'упаковка', 'упак', 'material', NULL, 0, '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z'),
  (0, 'комплект', 'компл', 'material', NULL, 0, '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z'),
  (0, 'час', 'ч', 'work', NULL, 0, '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z'),
  (0, 'человеко-час', 'чел.-ч', 'work', NULL, 0, '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z'),
  (0, 'машино-час', 'маш.-ч', 'work', NULL, 0, '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z');

--> statement-breakpoint
-- A confirmed work counts against its contract: refused where that is closed, or where the works would be worth more than it. Decided here, since of works that are
-- confirmed side by side the last one must find the others. What adds nothing to a contract (a smaller amount, new notes) is never refused.
CREATE TRIGGER `completed_works_fit_new` BEFORE INSERT ON `completed_works`
WHEN NEW.contract_id IS NOT NULL AND NEW.status = 'confirmed' AND NEW.deleted_at IS NULL
BEGIN
  SELECT CASE
    WHEN c.status IN ('completed', 'terminated') THEN RAISE(ABORT, 'contract_closed')
    WHEN c.completed_amount + NEW.total_amount > c.total_amount + coalesce((SELECT sum(a.change_amount) FROM supplementary_agreements a
      WHERE a.contract_id = c.id AND a.deleted_at IS NULL AND NOT EXISTS (SELECT 1 FROM supplementary_agreements b, json_each(b.supersede_agreement_ids) s
        WHERE b.contract_id = c.id AND b.deleted_at IS NULL AND s.value = a.id)), 0)
      THEN RAISE(ABORT, 'contract_limit')
    END FROM project_contracts c WHERE c.id = NEW.contract_id;
END;
--> statement-breakpoint
CREATE TRIGGER `completed_works_fit_changed` BEFORE UPDATE OF contract_id, status, total_amount, deleted_at ON `completed_works`
WHEN NEW.contract_id IS NOT NULL AND NEW.status = 'confirmed' AND NEW.deleted_at IS NULL
  AND (OLD.contract_id IS NOT NEW.contract_id OR OLD.status <> 'confirmed' OR OLD.deleted_at IS NOT NULL OR NEW.total_amount > OLD.total_amount)
BEGIN
  SELECT CASE
    WHEN c.status IN ('completed', 'terminated') THEN RAISE(ABORT, 'contract_closed')
    WHEN c.completed_amount + NEW.total_amount
        - CASE WHEN OLD.contract_id IS NEW.contract_id AND OLD.status = 'confirmed' AND OLD.deleted_at IS NULL THEN OLD.total_amount ELSE 0 END
      > c.total_amount + coalesce((SELECT sum(a.change_amount) FROM supplementary_agreements a
      WHERE a.contract_id = c.id AND a.deleted_at IS NULL AND NOT EXISTS (SELECT 1 FROM supplementary_agreements b, json_each(b.supersede_agreement_ids) s
        WHERE b.contract_id = c.id AND b.deleted_at IS NULL AND s.value = a.id)), 0)
      THEN RAISE(ABORT, 'contract_limit')
    END FROM project_contracts c WHERE c.id = NEW.contract_id;
END;
--> statement-breakpoint
-- A work in an approved act stays as it is. In an act that is not approved yet it may be corrected, but not leave the act's contract, nor be worth less than what the act takes of it.
CREATE TRIGGER `completed_works_in_act` BEFORE UPDATE OF project_id, contract_id, work_type_id, quantity, price, total_amount, completion_date, status, deleted_at ON `completed_works`
WHEN EXISTS (SELECT 1 FROM act_works w JOIN performance_acts a ON a.id = w.act_id
  WHERE w.work_id = OLD.id AND a.deleted_at IS NULL AND (a.is_approved = 1 OR NEW.deleted_at IS NOT NULL OR NEW.status <> 'confirmed'
    OR NEW.contract_id IS NOT OLD.contract_id OR NEW.total_amount < w.included_amount))
BEGIN
  SELECT RAISE(ABORT, 'work_in_act');
END;
--> statement-breakpoint
-- A list of works shows the materials of each: they are kept with the work, so that a page reads no rows of theirs.
CREATE TRIGGER `work_materials_added` AFTER INSERT ON `work_materials`
BEGIN
  UPDATE completed_works SET used_materials = (SELECT json_group_array(json_object('material_id', m.material_id, 'quantity', m.quantity, 'unit_price', m.unit_price,
      'total_amount', m.total_amount, 'notes', m.notes, 'created_at', m.created_at, 'updated_at', m.updated_at) ORDER BY m.id)
    FROM work_materials m WHERE m.work_id = NEW.work_id) WHERE id = NEW.work_id;
END;
--> statement-breakpoint
CREATE TRIGGER `work_materials_changed` AFTER UPDATE ON `work_materials`
BEGIN
  UPDATE completed_works SET used_materials = (SELECT json_group_array(json_object('material_id', m.material_id, 'quantity', m.quantity, 'unit_price', m.unit_price,
      'total_amount', m.total_amount, 'notes', m.notes, 'created_at', m.created_at, 'updated_at', m.updated_at) ORDER BY m.id)
    FROM work_materials m WHERE m.work_id = NEW.work_id) WHERE id = NEW.work_id;
END;
--> statement-breakpoint
CREATE TRIGGER `work_materials_gone` AFTER DELETE ON `work_materials`
BEGIN
  UPDATE completed_works SET used_materials = (SELECT json_group_array(json_object('material_id', m.material_id, 'quantity', m.quantity, 'unit_price', m.unit_price,
      'total_amount', m.total_amount, 'notes', m.notes, 'created_at', m.created_at, 'updated_at', m.updated_at) ORDER BY m.id)
    FROM work_materials m WHERE m.work_id = OLD.work_id) WHERE id = OLD.work_id;
END;

--> statement-breakpoint
-- A category's parent is a living category of the same organization, and never below the category itself, whoever else moves categories at that moment.
CREATE TRIGGER `cost_categories_placed` BEFORE INSERT ON `cost_categories`
WHEN NEW.parent_id IS NOT NULL
BEGIN
  SELECT RAISE(ABORT, 'category parent refused') WHERE NOT EXISTS
    (SELECT 1 FROM cost_categories p WHERE p.id = NEW.parent_id AND p.org_id = NEW.org_id AND p.deleted_at IS NULL);
END;
--> statement-breakpoint
CREATE TRIGGER `cost_categories_moved` BEFORE UPDATE OF parent_id ON `cost_categories`
WHEN NEW.parent_id IS NOT NULL AND NEW.parent_id IS NOT OLD.parent_id
BEGIN
  SELECT RAISE(ABORT, 'category parent refused') WHERE NOT EXISTS
    (SELECT 1 FROM cost_categories p WHERE p.id = NEW.parent_id AND p.org_id = NEW.org_id AND p.deleted_at IS NULL);
  SELECT RAISE(ABORT, 'category parent cycle') WHERE NEW.id IN
    (WITH RECURSIVE up(id) AS (SELECT NEW.parent_id UNION SELECT c.parent_id FROM cost_categories c JOIN up ON c.id = up.id WHERE c.parent_id IS NOT NULL)
     SELECT id FROM up);
END;
--> statement-breakpoint
CREATE TRIGGER `cost_categories_kept` BEFORE UPDATE OF deleted_at ON `cost_categories`
WHEN NEW.deleted_at IS NOT NULL AND OLD.deleted_at IS NULL
BEGIN
  SELECT RAISE(ABORT, 'category in use') WHERE OLD.projects_count > 0 OR EXISTS
    (SELECT 1 FROM cost_categories c WHERE c.parent_id = OLD.id AND c.deleted_at IS NULL);
END;
--> statement-breakpoint
-- How many projects a category has is kept here, so that no code can forget it.
CREATE TRIGGER `projects_categorized` AFTER INSERT ON `projects`
WHEN NEW.cost_category_id IS NOT NULL AND NEW.deleted_at IS NULL
BEGIN
  UPDATE cost_categories SET projects_count = projects_count + 1 WHERE id = NEW.cost_category_id;
END;
--> statement-breakpoint
CREATE TRIGGER `projects_recategorized` AFTER UPDATE OF cost_category_id, deleted_at ON `projects`
BEGIN
  UPDATE cost_categories SET projects_count = projects_count - 1 WHERE id = OLD.cost_category_id AND OLD.deleted_at IS NULL;
  UPDATE cost_categories SET projects_count = projects_count + 1 WHERE id = NEW.cost_category_id AND NEW.deleted_at IS NULL;
END;
--> statement-breakpoint
CREATE TRIGGER `projects_uncategorized` AFTER DELETE ON `projects`
WHEN OLD.cost_category_id IS NOT NULL AND OLD.deleted_at IS NULL
BEGIN
  UPDATE cost_categories SET projects_count = projects_count - 1 WHERE id = OLD.cost_category_id;
END;
--> statement-breakpoint
-- A work type that works name stays: checked where it goes, since a work may come at that moment.
CREATE TRIGGER `work_types_kept` BEFORE UPDATE OF deleted_at ON `work_types`
WHEN NEW.deleted_at IS NOT NULL AND OLD.deleted_at IS NULL
BEGIN
  SELECT RAISE(ABORT, 'work type in use') WHERE EXISTS
    (SELECT 1 FROM completed_works w WHERE w.work_type_id = OLD.id AND w.deleted_at IS NULL);
END;

--> statement-breakpoint
-- What a contract has had done, accepted and paid is kept here, so that no code can forget it: each row adds its part, and takes it back when it goes, changes or moves.
CREATE TRIGGER `completed_works_added` AFTER INSERT ON `completed_works`
WHEN NEW.contract_id IS NOT NULL AND NEW.status = 'confirmed' AND NEW.deleted_at IS NULL
BEGIN
  UPDATE project_contracts SET completed_amount = completed_amount + NEW.total_amount WHERE id = NEW.contract_id;
END;
--> statement-breakpoint
CREATE TRIGGER `completed_works_changed` AFTER UPDATE OF contract_id, status, total_amount, deleted_at ON `completed_works`
BEGIN
  UPDATE project_contracts SET completed_amount = completed_amount - OLD.total_amount
    WHERE id = OLD.contract_id AND OLD.status = 'confirmed' AND OLD.deleted_at IS NULL;
  UPDATE project_contracts SET completed_amount = completed_amount + NEW.total_amount
    WHERE id = NEW.contract_id AND NEW.status = 'confirmed' AND NEW.deleted_at IS NULL;
END;
--> statement-breakpoint
CREATE TRIGGER `completed_works_gone` AFTER DELETE ON `completed_works`
WHEN OLD.contract_id IS NOT NULL AND OLD.status = 'confirmed' AND OLD.deleted_at IS NULL
BEGIN
  UPDATE project_contracts SET completed_amount = completed_amount - OLD.total_amount WHERE id = OLD.contract_id;
END;
--> statement-breakpoint
CREATE TRIGGER `performance_acts_added` AFTER INSERT ON `performance_acts`
WHEN NEW.is_approved = 1 AND NEW.deleted_at IS NULL
BEGIN
  UPDATE project_contracts SET performed_amount = performed_amount + NEW.amount WHERE id = NEW.contract_id;
END;
--> statement-breakpoint
CREATE TRIGGER `performance_acts_changed` AFTER UPDATE OF contract_id, is_approved, amount, deleted_at ON `performance_acts`
BEGIN
  UPDATE project_contracts SET performed_amount = performed_amount - OLD.amount
    WHERE id = OLD.contract_id AND OLD.is_approved = 1 AND OLD.deleted_at IS NULL;
  UPDATE project_contracts SET performed_amount = performed_amount + NEW.amount
    WHERE id = NEW.contract_id AND NEW.is_approved = 1 AND NEW.deleted_at IS NULL;
END;
--> statement-breakpoint
CREATE TRIGGER `performance_acts_gone` AFTER DELETE ON `performance_acts`
WHEN OLD.is_approved = 1 AND OLD.deleted_at IS NULL
BEGIN
  UPDATE project_contracts SET performed_amount = performed_amount - OLD.amount WHERE id = OLD.contract_id;
END;
--> statement-breakpoint
-- The advance is what was stated until the first advance payment; from then on it is the sum of them, worked out anew each time.
CREATE TRIGGER `contract_payments_added` AFTER INSERT ON `contract_payments`
WHEN NEW.deleted_at IS NULL
BEGIN
  UPDATE project_contracts SET paid_amount = paid_amount + NEW.amount WHERE id = NEW.contract_id;
  UPDATE project_contracts SET actual_advance_amount =
      (SELECT coalesce(sum(p.amount), 0) FROM contract_payments p WHERE p.contract_id = NEW.contract_id AND p.payment_type = 'advance' AND p.deleted_at IS NULL)
    WHERE id = NEW.contract_id AND NEW.payment_type = 'advance';
END;
--> statement-breakpoint
CREATE TRIGGER `contract_payments_changed` AFTER UPDATE OF contract_id, payment_type, amount, deleted_at ON `contract_payments`
BEGIN
  UPDATE project_contracts SET paid_amount = paid_amount - OLD.amount WHERE id = OLD.contract_id AND OLD.deleted_at IS NULL;
  UPDATE project_contracts SET paid_amount = paid_amount + NEW.amount WHERE id = NEW.contract_id AND NEW.deleted_at IS NULL;
  UPDATE project_contracts SET actual_advance_amount =
      (SELECT coalesce(sum(p.amount), 0) FROM contract_payments p WHERE p.contract_id = project_contracts.id AND p.payment_type = 'advance' AND p.deleted_at IS NULL)
    WHERE (id = OLD.contract_id AND OLD.payment_type = 'advance' AND OLD.deleted_at IS NULL)
       OR (id = NEW.contract_id AND NEW.payment_type = 'advance' AND NEW.deleted_at IS NULL);
END;
--> statement-breakpoint
CREATE TRIGGER `contract_payments_gone` AFTER DELETE ON `contract_payments`
WHEN OLD.deleted_at IS NULL
BEGIN
  UPDATE project_contracts SET paid_amount = paid_amount - OLD.amount WHERE id = OLD.contract_id;
  UPDATE project_contracts SET actual_advance_amount =
      (SELECT coalesce(sum(p.amount), 0) FROM contract_payments p WHERE p.contract_id = OLD.contract_id AND p.payment_type = 'advance' AND p.deleted_at IS NULL)
    WHERE id = OLD.contract_id AND OLD.payment_type = 'advance';
END;
--> statement-breakpoint
-- A contract's parent is a living contract of the same organization, and never below the contract itself, whoever else moves contracts at that moment.
CREATE TRIGGER `project_contracts_placed` BEFORE INSERT ON `project_contracts`
WHEN NEW.parent_contract_id IS NOT NULL
BEGIN
  SELECT RAISE(ABORT, 'contract parent refused') WHERE NOT EXISTS
    (SELECT 1 FROM project_contracts p WHERE p.id = NEW.parent_contract_id AND p.org_id = NEW.org_id AND p.deleted_at IS NULL);
END;
--> statement-breakpoint
CREATE TRIGGER `project_contracts_moved` BEFORE UPDATE OF parent_contract_id ON `project_contracts`
WHEN NEW.parent_contract_id IS NOT NULL AND NEW.parent_contract_id IS NOT OLD.parent_contract_id
BEGIN
  SELECT RAISE(ABORT, 'contract parent refused') WHERE NOT EXISTS
    (SELECT 1 FROM project_contracts p WHERE p.id = NEW.parent_contract_id AND p.org_id = NEW.org_id AND p.deleted_at IS NULL);
  SELECT RAISE(ABORT, 'contract parent cycle') WHERE NEW.id IN
    (WITH RECURSIVE up(id) AS (SELECT NEW.parent_contract_id UNION SELECT c.parent_contract_id FROM project_contracts c JOIN up ON c.id = up.id WHERE c.parent_contract_id IS NOT NULL)
     SELECT id FROM up);
END;
--> statement-breakpoint
CREATE TRIGGER `project_contracts_given` BEFORE INSERT ON `project_contracts`
BEGIN
  SELECT RAISE(ABORT, 'contract contractor refused') WHERE NOT EXISTS
    (SELECT 1 FROM contractors c WHERE c.id = NEW.contractor_id AND c.org_id = NEW.org_id AND c.deleted_at IS NULL);
END;
--> statement-breakpoint
CREATE TRIGGER `project_contracts_given_over` BEFORE UPDATE OF contractor_id ON `project_contracts`
WHEN NEW.contractor_id <> OLD.contractor_id
BEGIN
  SELECT RAISE(ABORT, 'contract contractor refused') WHERE NOT EXISTS
    (SELECT 1 FROM contractors c WHERE c.id = NEW.contractor_id AND c.org_id = NEW.org_id AND c.deleted_at IS NULL);
END;
--> statement-breakpoint
CREATE TRIGGER `contractors_kept` BEFORE UPDATE OF deleted_at ON `contractors`
WHEN NEW.deleted_at IS NOT NULL AND OLD.deleted_at IS NULL
BEGIN
  SELECT RAISE(ABORT, 'contractor has contracts') WHERE EXISTS
    (SELECT 1 FROM project_contracts c WHERE c.org_id = OLD.org_id AND c.contractor_id = OLD.id AND c.deleted_at IS NULL);
END;
--> statement-breakpoint
CREATE TRIGGER `specifications_kept` BEFORE UPDATE OF deleted_at ON `specifications`
WHEN NEW.deleted_at IS NOT NULL AND OLD.deleted_at IS NULL
BEGIN
  SELECT RAISE(ABORT, 'specification has contracts') WHERE EXISTS
    (SELECT 1 FROM contract_specifications s JOIN project_contracts c ON c.id = s.contract_id WHERE s.specification_id = OLD.id AND c.deleted_at IS NULL);
END;
--> statement-breakpoint
-- An agreement annuls only earlier ones of its contract, whichever of them is changed: so none annuls itself by way of another.
CREATE TRIGGER `supplementary_agreements_added` AFTER INSERT ON `supplementary_agreements`
WHEN NEW.supersede_agreement_ids IS NOT NULL
BEGIN
  SELECT RAISE(ABORT, 'agreement order') WHERE EXISTS
    (SELECT 1 FROM json_each(NEW.supersede_agreement_ids) j LEFT JOIN supplementary_agreements a ON a.id = j.value
     WHERE a.contract_id IS NOT NEW.contract_id OR (a.agreement_date, a.id) >= (NEW.agreement_date, NEW.id));
END;
--> statement-breakpoint
CREATE TRIGGER `supplementary_agreements_changed` AFTER UPDATE OF agreement_date, supersede_agreement_ids ON `supplementary_agreements`
BEGIN
  SELECT RAISE(ABORT, 'agreement order') WHERE EXISTS
    (SELECT 1 FROM json_each(NEW.supersede_agreement_ids) j LEFT JOIN supplementary_agreements a ON a.id = j.value
     WHERE a.contract_id IS NOT NEW.contract_id OR (a.agreement_date, a.id) >= (NEW.agreement_date, NEW.id));
  SELECT RAISE(ABORT, 'agreement order') WHERE EXISTS
    (SELECT 1 FROM supplementary_agreements l JOIN json_each(l.supersede_agreement_ids) j ON j.value = NEW.id
     WHERE l.contract_id = NEW.contract_id AND l.deleted_at IS NULL AND (l.agreement_date, l.id) <= (NEW.agreement_date, NEW.id));
END;
--> statement-breakpoint
-- Lists show contracts with the contractor's name: it is kept with the contract, and changes with the contractor's.
CREATE TRIGGER `project_contracts_named` AFTER INSERT ON `project_contracts`
BEGIN
  UPDATE project_contracts SET contractor_name = coalesce((SELECT c.name FROM contractors c WHERE c.id = NEW.contractor_id), '') WHERE id = NEW.id;
END;
--> statement-breakpoint
CREATE TRIGGER `project_contracts_renamed` AFTER UPDATE OF contractor_id ON `project_contracts`
WHEN NEW.contractor_id <> OLD.contractor_id
BEGIN
  UPDATE project_contracts SET contractor_name = coalesce((SELECT c.name FROM contractors c WHERE c.id = NEW.contractor_id), '') WHERE id = NEW.id;
END;
--> statement-breakpoint
CREATE TRIGGER `contractors_renamed` AFTER UPDATE OF name ON `contractors`
WHEN NEW.name <> OLD.name
BEGIN
  UPDATE project_contracts SET contractor_name = NEW.name WHERE contractor_id = NEW.id;
END;

--> statement-breakpoint
-- The account of each person follows from the transactions, whoever writes them: each adds its part, and takes it back when it goes, changes or moves to somebody else.
CREATE TRIGGER `advance_returned` BEFORE INSERT ON `advance_transactions`
WHEN NEW.type = 'return' AND NEW.deleted_at IS NULL
BEGIN
  SELECT raise(ABORT, 'advance_return_exceeds_balance')
    WHERE NEW.amount > coalesce((SELECT balance FROM advance_accounts WHERE org_id = NEW.org_id AND user_id = NEW.user_id), 0);
END;
--> statement-breakpoint
CREATE TRIGGER `advance_added` AFTER INSERT ON `advance_transactions`
WHEN NEW.deleted_at IS NULL
BEGIN
  INSERT INTO advance_accounts (org_id, user_id, balance, issued, spent, returned, reported, last_transaction_at)
    VALUES (NEW.org_id, NEW.user_id,
      CASE NEW.type WHEN 'issue' THEN NEW.amount ELSE -NEW.amount END,
      CASE NEW.type WHEN 'issue' THEN NEW.amount ELSE 0 END,
      CASE NEW.type WHEN 'expense' THEN NEW.amount ELSE 0 END,
      CASE NEW.type WHEN 'return' THEN NEW.amount ELSE 0 END,
      CASE NEW.status WHEN 'pending' THEN 0 ELSE NEW.amount END,
      NEW.created_at)
    ON CONFLICT (org_id, user_id) DO UPDATE SET
      balance = balance + excluded.balance, issued = issued + excluded.issued, spent = spent + excluded.spent,
      returned = returned + excluded.returned, reported = reported + excluded.reported, last_transaction_at = excluded.last_transaction_at;
END;
--> statement-breakpoint
CREATE TRIGGER `advance_return_changed` BEFORE UPDATE OF type, amount, user_id ON `advance_transactions`
WHEN NEW.type = 'return' AND NEW.deleted_at IS NULL
  AND (NEW.amount <> OLD.amount OR NEW.type <> OLD.type OR NEW.user_id <> OLD.user_id)
BEGIN
  SELECT raise(ABORT, 'advance_return_exceeds_balance')
    WHERE NEW.amount > coalesce((SELECT balance FROM advance_accounts WHERE org_id = NEW.org_id AND user_id = NEW.user_id), 0)
      - CASE WHEN OLD.user_id <> NEW.user_id THEN 0 WHEN OLD.type = 'issue' THEN OLD.amount ELSE -OLD.amount END;
END;
--> statement-breakpoint
CREATE TRIGGER `advance_changed` AFTER UPDATE OF type, amount, user_id, deleted_at ON `advance_transactions`
WHEN NEW.type <> OLD.type OR NEW.amount <> OLD.amount OR NEW.user_id <> OLD.user_id OR NEW.deleted_at IS NOT OLD.deleted_at
BEGIN
  UPDATE advance_accounts SET
      balance = balance - CASE OLD.type WHEN 'issue' THEN OLD.amount ELSE -OLD.amount END,
      issued = issued - CASE OLD.type WHEN 'issue' THEN OLD.amount ELSE 0 END,
      spent = spent - CASE OLD.type WHEN 'expense' THEN OLD.amount ELSE 0 END,
      returned = returned - CASE OLD.type WHEN 'return' THEN OLD.amount ELSE 0 END,
      reported = reported - CASE OLD.status WHEN 'pending' THEN 0 ELSE OLD.amount END
    WHERE org_id = OLD.org_id AND user_id = OLD.user_id AND OLD.deleted_at IS NULL;
  UPDATE advance_transactions SET balance_after = balance_after - CASE OLD.type WHEN 'issue' THEN OLD.amount ELSE -OLD.amount END
    WHERE org_id = OLD.org_id AND user_id = OLD.user_id AND id > OLD.id AND deleted_at IS NULL AND OLD.deleted_at IS NULL;
  INSERT INTO advance_accounts (org_id, user_id, last_transaction_at)
    SELECT NEW.org_id, NEW.user_id, NEW.created_at WHERE NEW.deleted_at IS NULL
    ON CONFLICT (org_id, user_id) DO NOTHING;
  UPDATE advance_accounts SET
      balance = balance + CASE NEW.type WHEN 'issue' THEN NEW.amount ELSE -NEW.amount END,
      issued = issued + CASE NEW.type WHEN 'issue' THEN NEW.amount ELSE 0 END,
      spent = spent + CASE NEW.type WHEN 'expense' THEN NEW.amount ELSE 0 END,
      returned = returned + CASE NEW.type WHEN 'return' THEN NEW.amount ELSE 0 END,
      reported = reported + CASE NEW.status WHEN 'pending' THEN 0 ELSE NEW.amount END
    WHERE org_id = NEW.org_id AND user_id = NEW.user_id AND NEW.deleted_at IS NULL;
  UPDATE advance_transactions SET balance_after = balance_after + CASE NEW.type WHEN 'issue' THEN NEW.amount ELSE -NEW.amount END
    WHERE org_id = NEW.org_id AND user_id = NEW.user_id AND id > NEW.id AND deleted_at IS NULL AND NEW.deleted_at IS NULL;
  UPDATE advance_transactions SET balance_after = CASE NEW.type WHEN 'issue' THEN NEW.amount ELSE -NEW.amount END + coalesce((
      SELECT balance_after FROM advance_transactions
        WHERE org_id = NEW.org_id AND user_id = NEW.user_id AND id < NEW.id AND deleted_at IS NULL ORDER BY id DESC LIMIT 1), 0)
    WHERE id = NEW.id AND NEW.deleted_at IS NULL;
END;
--> statement-breakpoint
CREATE TRIGGER `advance_reported` AFTER UPDATE OF status ON `advance_transactions`
WHEN OLD.status = 'pending' AND NEW.status <> 'pending' AND NEW.deleted_at IS NULL
BEGIN
  UPDATE advance_accounts SET reported = reported + NEW.amount WHERE org_id = NEW.org_id AND user_id = NEW.user_id;
END;

--> statement-breakpoint
-- What the acts of an organization come to is kept here, so that lists show it without reading all of them.
CREATE TRIGGER `performance_acts_counted` AFTER INSERT ON `performance_acts`
WHEN NEW.deleted_at IS NULL
BEGIN
  INSERT INTO act_totals (org_id, acts, approved, amount) VALUES (NEW.org_id, 1, NEW.is_approved, NEW.amount)
    ON CONFLICT (org_id) DO UPDATE SET acts = acts + 1, approved = approved + NEW.is_approved, amount = amount + NEW.amount;
END;
--> statement-breakpoint
CREATE TRIGGER `performance_acts_recounted` AFTER UPDATE OF is_approved, amount, deleted_at ON `performance_acts`
BEGIN
  UPDATE act_totals SET
    acts = acts + (NEW.deleted_at IS NULL) - (OLD.deleted_at IS NULL),
    approved = approved + NEW.is_approved * (NEW.deleted_at IS NULL) - OLD.is_approved * (OLD.deleted_at IS NULL),
    amount = amount + NEW.amount * (NEW.deleted_at IS NULL) - OLD.amount * (OLD.deleted_at IS NULL)
  WHERE org_id = NEW.org_id;
END;
--> statement-breakpoint
CREATE TRIGGER `performance_acts_uncounted` AFTER DELETE ON `performance_acts`
WHEN OLD.deleted_at IS NULL
BEGIN
  UPDATE act_totals SET acts = acts - 1, approved = approved - OLD.is_approved, amount = amount - OLD.amount WHERE org_id = OLD.org_id;
END;
--> statement-breakpoint
-- Acts are listed by the project and the contractor of their contract, so they hold both; those of a deleted contract are found by neither.
CREATE TRIGGER `performance_acts_placed` AFTER INSERT ON `performance_acts`
BEGIN
  UPDATE performance_acts SET (project_id, contractor_id) =
    (SELECT c.project_id, c.contractor_id FROM project_contracts c WHERE c.id = NEW.contract_id AND c.deleted_at IS NULL) WHERE id = NEW.id;
END;
--> statement-breakpoint
CREATE TRIGGER `performance_acts_moved` AFTER UPDATE OF contract_id ON `performance_acts`
WHEN NEW.contract_id <> OLD.contract_id
BEGIN
  UPDATE performance_acts SET (project_id, contractor_id) =
    (SELECT c.project_id, c.contractor_id FROM project_contracts c WHERE c.id = NEW.contract_id AND c.deleted_at IS NULL) WHERE id = NEW.id;
END;
--> statement-breakpoint
CREATE TRIGGER `project_contracts_with_acts` AFTER UPDATE OF project_id, contractor_id, deleted_at ON `project_contracts`
WHEN NEW.project_id IS NOT OLD.project_id OR NEW.contractor_id <> OLD.contractor_id OR NEW.deleted_at IS NOT OLD.deleted_at
BEGIN
  UPDATE performance_acts SET project_id = iif(NEW.deleted_at IS NULL, NEW.project_id, NULL), contractor_id = iif(NEW.deleted_at IS NULL, NEW.contractor_id, NULL)
    WHERE contract_id = NEW.id AND deleted_at IS NULL;
END;

--> statement-breakpoint
-- What movements come to, of all times (`movement_sums` in the tables): a report of what is left does not read them all.
INSERT INTO movement_sums (org_id, project_id, material_id, operation, user_id, supplier_id, n, quantity, amount, priced, last_day)
  SELECT org_id, project_id, material_id, operation, coalesce(user_id, 0), coalesce(supplier_id, 0), count(*), sum(quantity), coalesce(sum(total_price), 0),
    coalesce(sum(quantity) FILTER (WHERE total_price IS NOT NULL), 0), max(usage_date)
  FROM material_movements WHERE deleted_at IS NULL GROUP BY 1, 2, 3, 4, 5, 6;
--> statement-breakpoint
CREATE TRIGGER `movement_sums_added` AFTER INSERT ON `material_movements`
WHEN NEW.deleted_at IS NULL
BEGIN
  INSERT INTO movement_sums (org_id, project_id, material_id, operation, user_id, supplier_id, n, quantity, amount, priced, last_day)
    VALUES (NEW.org_id, NEW.project_id, NEW.material_id, NEW.operation, coalesce(NEW.user_id, 0), coalesce(NEW.supplier_id, 0), 1, NEW.quantity,
      coalesce(NEW.total_price, 0), iif(NEW.total_price IS NULL, 0, NEW.quantity), NEW.usage_date)
    ON CONFLICT (org_id, project_id, material_id, operation, user_id, supplier_id) DO UPDATE SET n = n + 1, quantity = quantity + excluded.quantity,
      amount = amount + excluded.amount, priced = priced + excluded.priced, last_day = max(last_day, excluded.last_day);
END;
--> statement-breakpoint
CREATE TRIGGER `movement_sums_gone` AFTER DELETE ON `material_movements`
WHEN OLD.deleted_at IS NULL
BEGIN
  UPDATE movement_sums SET n = n - 1, quantity = quantity - OLD.quantity, amount = amount - coalesce(OLD.total_price, 0),
      priced = priced - iif(OLD.total_price IS NULL, 0, OLD.quantity),
      last_day = CASE WHEN n = 1 THEN '' WHEN last_day > OLD.usage_date THEN last_day ELSE coalesce((SELECT max(m.usage_date) FROM material_movements m
        WHERE m.org_id = OLD.org_id AND m.material_id = OLD.material_id AND m.deleted_at IS NULL AND m.project_id = OLD.project_id
          AND m.operation = OLD.operation AND m.user_id IS OLD.user_id AND m.supplier_id IS OLD.supplier_id), '') END
    WHERE org_id = OLD.org_id AND project_id = OLD.project_id AND material_id = OLD.material_id AND operation = OLD.operation
      AND user_id = coalesce(OLD.user_id, 0) AND supplier_id = coalesce(OLD.supplier_id, 0);
END;
--> statement-breakpoint
-- One that changed is taken away as it was and added as it is.
CREATE TRIGGER `movement_sums_changed` AFTER UPDATE OF org_id, project_id, material_id, operation, user_id, supplier_id, quantity, total_price, usage_date, deleted_at
  ON `material_movements`
WHEN (OLD.org_id, OLD.project_id, OLD.material_id, OLD.operation, OLD.user_id, OLD.supplier_id, OLD.quantity, OLD.total_price, OLD.usage_date, OLD.deleted_at)
  IS NOT (NEW.org_id, NEW.project_id, NEW.material_id, NEW.operation, NEW.user_id, NEW.supplier_id, NEW.quantity, NEW.total_price, NEW.usage_date, NEW.deleted_at)
BEGIN
  UPDATE movement_sums SET n = n - 1, quantity = quantity - OLD.quantity, amount = amount - coalesce(OLD.total_price, 0),
      priced = priced - iif(OLD.total_price IS NULL, 0, OLD.quantity),
      last_day = CASE WHEN n = 1 THEN '' WHEN last_day > OLD.usage_date THEN last_day ELSE coalesce((SELECT max(m.usage_date) FROM material_movements m
        WHERE m.org_id = OLD.org_id AND m.material_id = OLD.material_id AND m.deleted_at IS NULL AND m.project_id = OLD.project_id
          AND m.operation = OLD.operation AND m.user_id IS OLD.user_id AND m.supplier_id IS OLD.supplier_id), '') END
    WHERE OLD.deleted_at IS NULL AND org_id = OLD.org_id AND project_id = OLD.project_id AND material_id = OLD.material_id AND operation = OLD.operation
      AND user_id = coalesce(OLD.user_id, 0) AND supplier_id = coalesce(OLD.supplier_id, 0);
  INSERT INTO movement_sums (org_id, project_id, material_id, operation, user_id, supplier_id, n, quantity, amount, priced, last_day)
    SELECT NEW.org_id, NEW.project_id, NEW.material_id, NEW.operation, coalesce(NEW.user_id, 0), coalesce(NEW.supplier_id, 0), 1, NEW.quantity,
      coalesce(NEW.total_price, 0), iif(NEW.total_price IS NULL, 0, NEW.quantity), NEW.usage_date WHERE NEW.deleted_at IS NULL
    ON CONFLICT (org_id, project_id, material_id, operation, user_id, supplier_id) DO UPDATE SET n = n + 1, quantity = quantity + excluded.quantity,
      amount = amount + excluded.amount, priced = priced + excluded.priced, last_day = max(last_day, excluded.last_day);
END;

--> statement-breakpoint
-- What organizations are found by: words of their names, е for ё.
CREATE VIRTUAL TABLE organizations_search USING fts5(name, content='', contentless_delete=1, tokenize="unicode61 remove_diacritics 0", prefix='1 2 3 4');
--> statement-breakpoint
INSERT INTO organization_profiles (org_id, name, is_active, stale)
  SELECT id, name, deleted_at IS NULL, EXISTS (SELECT 1 FROM agreements a WHERE a.org_id = organizations.id AND a.status = 'signed') FROM organizations;
--> statement-breakpoint
INSERT INTO organizations_search (rowid, name) SELECT id, replace(replace(name, 'ё', 'е'), 'Ё', 'Е') FROM organizations WHERE deleted_at IS NULL;
--> statement-breakpoint
CREATE TRIGGER `organization_profiles_made` AFTER INSERT ON `organizations`
BEGIN
  INSERT INTO organization_profiles (org_id, name, is_active) VALUES (NEW.id, NEW.name, NEW.deleted_at IS NULL);
  INSERT INTO organizations_search (rowid, name) SELECT NEW.id, replace(replace(NEW.name, 'ё', 'е'), 'Ё', 'Е') WHERE NEW.deleted_at IS NULL;
END;
--> statement-breakpoint
CREATE TRIGGER `organization_profiles_changed` AFTER UPDATE OF name, deleted_at ON `organizations`
BEGIN
  UPDATE organization_profiles SET name = NEW.name, is_active = NEW.deleted_at IS NULL WHERE org_id = NEW.id;
  DELETE FROM organizations_search WHERE rowid = NEW.id;
  INSERT INTO organizations_search (rowid, name) SELECT NEW.id, replace(replace(NEW.name, 'ё', 'е'), 'Ё', 'Е') WHERE NEW.deleted_at IS NULL;
END;
--> statement-breakpoint
CREATE TRIGGER `organization_profiles_signed` AFTER UPDATE OF status ON `agreements`
WHEN NEW.status <> OLD.status AND 'signed' IN (NEW.status, OLD.status)
BEGIN
  UPDATE organization_profiles SET stale = 1 WHERE org_id = NEW.org_id;
END;
--> statement-breakpoint
CREATE TRIGGER `organization_profiles_connected` AFTER INSERT ON `contractors`
WHEN NEW.source_org_id IS NOT NULL AND NEW.deleted_at IS NULL
BEGIN
  UPDATE organization_profiles SET connections = connections + 1 WHERE org_id = NEW.source_org_id;
END;
--> statement-breakpoint
CREATE TRIGGER `organization_profiles_reconnected` AFTER UPDATE OF source_org_id, deleted_at ON `contractors`
BEGIN
  UPDATE organization_profiles SET connections = connections - 1 WHERE org_id = OLD.source_org_id AND OLD.deleted_at IS NULL;
  UPDATE organization_profiles SET connections = connections + 1 WHERE org_id = NEW.source_org_id AND NEW.deleted_at IS NULL;
END;
--> statement-breakpoint
CREATE TRIGGER `organization_profiles_disconnected` AFTER DELETE ON `contractors`
WHEN OLD.source_org_id IS NOT NULL AND OLD.deleted_at IS NULL
BEGIN
  UPDATE organization_profiles SET connections = connections - 1 WHERE org_id = OLD.source_org_id;
END;

--> statement-breakpoint
CREATE TRIGGER report_templates_default_made BEFORE INSERT ON report_templates WHEN new.is_default = 1 AND new.deleted_at IS NULL BEGIN
  UPDATE report_templates SET is_default = 0 WHERE org_id = new.org_id AND report_type = new.report_type AND is_default = 1 AND deleted_at IS NULL;
END;
--> statement-breakpoint
CREATE TRIGGER report_templates_default_changed BEFORE UPDATE OF is_default, report_type, deleted_at ON report_templates WHEN new.is_default = 1 AND new.deleted_at IS NULL BEGIN
  UPDATE report_templates SET is_default = 0 WHERE org_id = new.org_id AND report_type = new.report_type AND is_default = 1 AND deleted_at IS NULL AND id <> new.id;
END;

--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'materials', '', count(*) FROM materials WHERE deleted_at IS NULL AND '' IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'materials', 'category=' || category, count(*) FROM materials WHERE deleted_at IS NULL AND 'category=' || category IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'materials', 'is_active=' || is_active, count(*) FROM materials WHERE deleted_at IS NULL AND 'is_active=' || is_active IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
CREATE TRIGGER `list_counts_materials_added` AFTER INSERT ON `materials`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'materials', column1, 1 FROM (VALUES (''), ('category=' || NEW.category), ('is_active=' || NEW.is_active))
    WHERE NEW.deleted_at IS NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_materials_changed` AFTER UPDATE OF org_id, deleted_at, category, is_active ON `materials`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'materials', column1, -1 FROM (VALUES ('', ''), ('category=' || OLD.category, 'category=' || NEW.category), ('is_active=' || OLD.is_active, 'is_active=' || NEW.is_active))
    WHERE OLD.deleted_at IS NULL AND column1 IS NOT NULL AND (NOT (NEW.deleted_at IS NULL) OR NEW.org_id <> OLD.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'materials', column1, 1 FROM (VALUES ('', ''), ('category=' || NEW.category, 'category=' || OLD.category), ('is_active=' || NEW.is_active, 'is_active=' || OLD.is_active))
    WHERE NEW.deleted_at IS NULL AND column1 IS NOT NULL AND (NOT (OLD.deleted_at IS NULL) OR OLD.org_id <> NEW.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_materials_gone` AFTER DELETE ON `materials`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'materials', column1, -1 FROM (VALUES (''), ('category=' || OLD.category), ('is_active=' || OLD.is_active))
    WHERE OLD.deleted_at IS NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
END;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'work_types', '', count(*) FROM work_types WHERE deleted_at IS NULL AND '' IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'work_types', 'category=' || category, count(*) FROM work_types WHERE deleted_at IS NULL AND 'category=' || category IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'work_types', 'is_active=' || is_active, count(*) FROM work_types WHERE deleted_at IS NULL AND 'is_active=' || is_active IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
CREATE TRIGGER `list_counts_work_types_added` AFTER INSERT ON `work_types`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'work_types', column1, 1 FROM (VALUES (''), ('category=' || NEW.category), ('is_active=' || NEW.is_active))
    WHERE NEW.deleted_at IS NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_work_types_changed` AFTER UPDATE OF org_id, deleted_at, category, is_active ON `work_types`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'work_types', column1, -1 FROM (VALUES ('', ''), ('category=' || OLD.category, 'category=' || NEW.category), ('is_active=' || OLD.is_active, 'is_active=' || NEW.is_active))
    WHERE OLD.deleted_at IS NULL AND column1 IS NOT NULL AND (NOT (NEW.deleted_at IS NULL) OR NEW.org_id <> OLD.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'work_types', column1, 1 FROM (VALUES ('', ''), ('category=' || NEW.category, 'category=' || OLD.category), ('is_active=' || NEW.is_active, 'is_active=' || OLD.is_active))
    WHERE NEW.deleted_at IS NULL AND column1 IS NOT NULL AND (NOT (OLD.deleted_at IS NULL) OR OLD.org_id <> NEW.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_work_types_gone` AFTER DELETE ON `work_types`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'work_types', column1, -1 FROM (VALUES (''), ('category=' || OLD.category), ('is_active=' || OLD.is_active))
    WHERE OLD.deleted_at IS NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
END;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'suppliers', '', count(*) FROM suppliers WHERE deleted_at IS NULL AND '' IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'suppliers', 'is_active=' || is_active, count(*) FROM suppliers WHERE deleted_at IS NULL AND 'is_active=' || is_active IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
CREATE TRIGGER `list_counts_suppliers_added` AFTER INSERT ON `suppliers`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'suppliers', column1, 1 FROM (VALUES (''), ('is_active=' || NEW.is_active))
    WHERE NEW.deleted_at IS NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_suppliers_changed` AFTER UPDATE OF org_id, deleted_at, is_active ON `suppliers`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'suppliers', column1, -1 FROM (VALUES ('', ''), ('is_active=' || OLD.is_active, 'is_active=' || NEW.is_active))
    WHERE OLD.deleted_at IS NULL AND column1 IS NOT NULL AND (NOT (NEW.deleted_at IS NULL) OR NEW.org_id <> OLD.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'suppliers', column1, 1 FROM (VALUES ('', ''), ('is_active=' || NEW.is_active, 'is_active=' || OLD.is_active))
    WHERE NEW.deleted_at IS NULL AND column1 IS NOT NULL AND (NOT (OLD.deleted_at IS NULL) OR OLD.org_id <> NEW.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_suppliers_gone` AFTER DELETE ON `suppliers`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'suppliers', column1, -1 FROM (VALUES (''), ('is_active=' || OLD.is_active))
    WHERE OLD.deleted_at IS NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
END;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'cost_categories', '', count(*) FROM cost_categories WHERE deleted_at IS NULL AND '' IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'cost_categories', 'is_active=' || is_active, count(*) FROM cost_categories WHERE deleted_at IS NULL AND 'is_active=' || is_active IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'cost_categories', 'parent_id=' || coalesce(parent_id, ''), count(*) FROM cost_categories WHERE deleted_at IS NULL AND 'parent_id=' || coalesce(parent_id, '') IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
CREATE TRIGGER `list_counts_cost_categories_added` AFTER INSERT ON `cost_categories`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'cost_categories', column1, 1 FROM (VALUES (''), ('is_active=' || NEW.is_active), ('parent_id=' || coalesce(NEW.parent_id, '')))
    WHERE NEW.deleted_at IS NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_cost_categories_changed` AFTER UPDATE OF org_id, deleted_at, is_active, parent_id ON `cost_categories`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'cost_categories', column1, -1 FROM (VALUES ('', ''), ('is_active=' || OLD.is_active, 'is_active=' || NEW.is_active), ('parent_id=' || coalesce(OLD.parent_id, ''), 'parent_id=' || coalesce(NEW.parent_id, '')))
    WHERE OLD.deleted_at IS NULL AND column1 IS NOT NULL AND (NOT (NEW.deleted_at IS NULL) OR NEW.org_id <> OLD.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'cost_categories', column1, 1 FROM (VALUES ('', ''), ('is_active=' || NEW.is_active, 'is_active=' || OLD.is_active), ('parent_id=' || coalesce(NEW.parent_id, ''), 'parent_id=' || coalesce(OLD.parent_id, '')))
    WHERE NEW.deleted_at IS NULL AND column1 IS NOT NULL AND (NOT (OLD.deleted_at IS NULL) OR OLD.org_id <> NEW.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_cost_categories_gone` AFTER DELETE ON `cost_categories`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'cost_categories', column1, -1 FROM (VALUES (''), ('is_active=' || OLD.is_active), ('parent_id=' || coalesce(OLD.parent_id, '')))
    WHERE OLD.deleted_at IS NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
END;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'rate_coefficients', '', count(*) FROM rate_coefficients WHERE deleted_at IS NULL AND '' IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'rate_coefficients', 'type=' || type, count(*) FROM rate_coefficients WHERE deleted_at IS NULL AND 'type=' || type IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'rate_coefficients', 'applies_to=' || applies_to, count(*) FROM rate_coefficients WHERE deleted_at IS NULL AND 'applies_to=' || applies_to IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'rate_coefficients', 'scope=' || scope, count(*) FROM rate_coefficients WHERE deleted_at IS NULL AND 'scope=' || scope IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'rate_coefficients', 'is_active=' || is_active, count(*) FROM rate_coefficients WHERE deleted_at IS NULL AND 'is_active=' || is_active IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
CREATE TRIGGER `list_counts_rate_coefficients_added` AFTER INSERT ON `rate_coefficients`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'rate_coefficients', column1, 1 FROM (VALUES (''), ('type=' || NEW.type), ('applies_to=' || NEW.applies_to), ('scope=' || NEW.scope), ('is_active=' || NEW.is_active))
    WHERE NEW.deleted_at IS NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_rate_coefficients_changed` AFTER UPDATE OF org_id, deleted_at, type, applies_to, scope, is_active ON `rate_coefficients`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'rate_coefficients', column1, -1 FROM (VALUES ('', ''), ('type=' || OLD.type, 'type=' || NEW.type), ('applies_to=' || OLD.applies_to, 'applies_to=' || NEW.applies_to), ('scope=' || OLD.scope, 'scope=' || NEW.scope), ('is_active=' || OLD.is_active, 'is_active=' || NEW.is_active))
    WHERE OLD.deleted_at IS NULL AND column1 IS NOT NULL AND (NOT (NEW.deleted_at IS NULL) OR NEW.org_id <> OLD.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'rate_coefficients', column1, 1 FROM (VALUES ('', ''), ('type=' || NEW.type, 'type=' || OLD.type), ('applies_to=' || NEW.applies_to, 'applies_to=' || OLD.applies_to), ('scope=' || NEW.scope, 'scope=' || OLD.scope), ('is_active=' || NEW.is_active, 'is_active=' || OLD.is_active))
    WHERE NEW.deleted_at IS NULL AND column1 IS NOT NULL AND (NOT (OLD.deleted_at IS NULL) OR OLD.org_id <> NEW.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_rate_coefficients_gone` AFTER DELETE ON `rate_coefficients`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'rate_coefficients', column1, -1 FROM (VALUES (''), ('type=' || OLD.type), ('applies_to=' || OLD.applies_to), ('scope=' || OLD.scope), ('is_active=' || OLD.is_active))
    WHERE OLD.deleted_at IS NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
END;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'measurement_units', '', count(*) FROM measurement_units WHERE deleted_at IS NULL AND '' IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'measurement_units', 'type=' || type, count(*) FROM measurement_units WHERE deleted_at IS NULL AND 'type=' || type IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
CREATE TRIGGER `list_counts_measurement_units_added` AFTER INSERT ON `measurement_units`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'measurement_units', column1, 1 FROM (VALUES (''), ('type=' || NEW.type))
    WHERE NEW.deleted_at IS NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_measurement_units_changed` AFTER UPDATE OF org_id, deleted_at, type ON `measurement_units`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'measurement_units', column1, -1 FROM (VALUES ('', ''), ('type=' || OLD.type, 'type=' || NEW.type))
    WHERE OLD.deleted_at IS NULL AND column1 IS NOT NULL AND (NOT (NEW.deleted_at IS NULL) OR NEW.org_id <> OLD.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'measurement_units', column1, 1 FROM (VALUES ('', ''), ('type=' || NEW.type, 'type=' || OLD.type))
    WHERE NEW.deleted_at IS NULL AND column1 IS NOT NULL AND (NOT (OLD.deleted_at IS NULL) OR OLD.org_id <> NEW.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_measurement_units_gone` AFTER DELETE ON `measurement_units`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'measurement_units', column1, -1 FROM (VALUES (''), ('type=' || OLD.type))
    WHERE OLD.deleted_at IS NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
END;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'projects', '', count(*) FROM projects WHERE deleted_at IS NULL AND '' IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'projects', 'status=' || status, count(*) FROM projects WHERE deleted_at IS NULL AND 'status=' || status IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'projects', 'is_archived=' || is_archived, count(*) FROM projects WHERE deleted_at IS NULL AND 'is_archived=' || is_archived IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
CREATE TRIGGER `list_counts_projects_added` AFTER INSERT ON `projects`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'projects', column1, 1 FROM (VALUES (''), ('status=' || NEW.status), ('is_archived=' || NEW.is_archived))
    WHERE NEW.deleted_at IS NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_projects_changed` AFTER UPDATE OF org_id, deleted_at, status, is_archived ON `projects`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'projects', column1, -1 FROM (VALUES ('', ''), ('status=' || OLD.status, 'status=' || NEW.status), ('is_archived=' || OLD.is_archived, 'is_archived=' || NEW.is_archived))
    WHERE OLD.deleted_at IS NULL AND column1 IS NOT NULL AND (NOT (NEW.deleted_at IS NULL) OR NEW.org_id <> OLD.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'projects', column1, 1 FROM (VALUES ('', ''), ('status=' || NEW.status, 'status=' || OLD.status), ('is_archived=' || NEW.is_archived, 'is_archived=' || OLD.is_archived))
    WHERE NEW.deleted_at IS NULL AND column1 IS NOT NULL AND (NOT (OLD.deleted_at IS NULL) OR OLD.org_id <> NEW.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_projects_gone` AFTER DELETE ON `projects`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'projects', column1, -1 FROM (VALUES (''), ('status=' || OLD.status), ('is_archived=' || OLD.is_archived))
    WHERE OLD.deleted_at IS NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
END;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'contractors', '', count(*) FROM contractors WHERE deleted_at IS NULL AND '' IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
CREATE TRIGGER `list_counts_contractors_added` AFTER INSERT ON `contractors`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'contractors', column1, 1 FROM (VALUES (''))
    WHERE NEW.deleted_at IS NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_contractors_changed` AFTER UPDATE OF org_id, deleted_at ON `contractors`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'contractors', column1, -1 FROM (VALUES ('', ''))
    WHERE OLD.deleted_at IS NULL AND column1 IS NOT NULL AND (NOT (NEW.deleted_at IS NULL) OR NEW.org_id <> OLD.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'contractors', column1, 1 FROM (VALUES ('', ''))
    WHERE NEW.deleted_at IS NULL AND column1 IS NOT NULL AND (NOT (OLD.deleted_at IS NULL) OR OLD.org_id <> NEW.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_contractors_gone` AFTER DELETE ON `contractors`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'contractors', column1, -1 FROM (VALUES (''))
    WHERE OLD.deleted_at IS NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
END;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'project_contracts', '', count(*) FROM project_contracts WHERE deleted_at IS NULL AND '' IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'project_contracts', 'contractor_id=' || contractor_id, count(*) FROM project_contracts WHERE deleted_at IS NULL AND 'contractor_id=' || contractor_id IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'project_contracts', 'project_id=' || project_id, count(*) FROM project_contracts WHERE deleted_at IS NULL AND 'project_id=' || project_id IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'project_contracts', 'status=' || status, count(*) FROM project_contracts WHERE deleted_at IS NULL AND 'status=' || status IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'project_contracts', 'work_type_category=' || work_type_category, count(*) FROM project_contracts WHERE deleted_at IS NULL AND 'work_type_category=' || work_type_category IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
CREATE TRIGGER `list_counts_project_contracts_added` AFTER INSERT ON `project_contracts`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'project_contracts', column1, 1 FROM (VALUES (''), ('contractor_id=' || NEW.contractor_id), ('project_id=' || NEW.project_id), ('status=' || NEW.status), ('work_type_category=' || NEW.work_type_category))
    WHERE NEW.deleted_at IS NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_project_contracts_changed` AFTER UPDATE OF org_id, deleted_at, contractor_id, project_id, status, work_type_category ON `project_contracts`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'project_contracts', column1, -1 FROM (VALUES ('', ''), ('contractor_id=' || OLD.contractor_id, 'contractor_id=' || NEW.contractor_id), ('project_id=' || OLD.project_id, 'project_id=' || NEW.project_id), ('status=' || OLD.status, 'status=' || NEW.status), ('work_type_category=' || OLD.work_type_category, 'work_type_category=' || NEW.work_type_category))
    WHERE OLD.deleted_at IS NULL AND column1 IS NOT NULL AND (NOT (NEW.deleted_at IS NULL) OR NEW.org_id <> OLD.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'project_contracts', column1, 1 FROM (VALUES ('', ''), ('contractor_id=' || NEW.contractor_id, 'contractor_id=' || OLD.contractor_id), ('project_id=' || NEW.project_id, 'project_id=' || OLD.project_id), ('status=' || NEW.status, 'status=' || OLD.status), ('work_type_category=' || NEW.work_type_category, 'work_type_category=' || OLD.work_type_category))
    WHERE NEW.deleted_at IS NULL AND column1 IS NOT NULL AND (NOT (OLD.deleted_at IS NULL) OR OLD.org_id <> NEW.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_project_contracts_gone` AFTER DELETE ON `project_contracts`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'project_contracts', column1, -1 FROM (VALUES (''), ('contractor_id=' || OLD.contractor_id), ('project_id=' || OLD.project_id), ('status=' || OLD.status), ('work_type_category=' || OLD.work_type_category))
    WHERE OLD.deleted_at IS NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
END;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'contract_payments', '', count(*) FROM contract_payments WHERE deleted_at IS NULL AND '' IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'contract_payments', 'contract_id=' || contract_id, count(*) FROM contract_payments WHERE deleted_at IS NULL AND 'contract_id=' || contract_id IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
CREATE TRIGGER `list_counts_contract_payments_added` AFTER INSERT ON `contract_payments`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'contract_payments', column1, 1 FROM (VALUES (''), ('contract_id=' || NEW.contract_id))
    WHERE NEW.deleted_at IS NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_contract_payments_changed` AFTER UPDATE OF org_id, deleted_at, contract_id ON `contract_payments`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'contract_payments', column1, -1 FROM (VALUES ('', ''), ('contract_id=' || OLD.contract_id, 'contract_id=' || NEW.contract_id))
    WHERE OLD.deleted_at IS NULL AND column1 IS NOT NULL AND (NOT (NEW.deleted_at IS NULL) OR NEW.org_id <> OLD.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'contract_payments', column1, 1 FROM (VALUES ('', ''), ('contract_id=' || NEW.contract_id, 'contract_id=' || OLD.contract_id))
    WHERE NEW.deleted_at IS NULL AND column1 IS NOT NULL AND (NOT (OLD.deleted_at IS NULL) OR OLD.org_id <> NEW.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_contract_payments_gone` AFTER DELETE ON `contract_payments`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'contract_payments', column1, -1 FROM (VALUES (''), ('contract_id=' || OLD.contract_id))
    WHERE OLD.deleted_at IS NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
END;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'supplementary_agreements', '', count(*) FROM supplementary_agreements WHERE deleted_at IS NULL AND '' IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'supplementary_agreements', 'contract_id=' || contract_id, count(*) FROM supplementary_agreements WHERE deleted_at IS NULL AND 'contract_id=' || contract_id IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
CREATE TRIGGER `list_counts_supplementary_agreements_added` AFTER INSERT ON `supplementary_agreements`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'supplementary_agreements', column1, 1 FROM (VALUES (''), ('contract_id=' || NEW.contract_id))
    WHERE NEW.deleted_at IS NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_supplementary_agreements_changed` AFTER UPDATE OF org_id, deleted_at, contract_id ON `supplementary_agreements`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'supplementary_agreements', column1, -1 FROM (VALUES ('', ''), ('contract_id=' || OLD.contract_id, 'contract_id=' || NEW.contract_id))
    WHERE OLD.deleted_at IS NULL AND column1 IS NOT NULL AND (NOT (NEW.deleted_at IS NULL) OR NEW.org_id <> OLD.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'supplementary_agreements', column1, 1 FROM (VALUES ('', ''), ('contract_id=' || NEW.contract_id, 'contract_id=' || OLD.contract_id))
    WHERE NEW.deleted_at IS NULL AND column1 IS NOT NULL AND (NOT (OLD.deleted_at IS NULL) OR OLD.org_id <> NEW.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_supplementary_agreements_gone` AFTER DELETE ON `supplementary_agreements`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'supplementary_agreements', column1, -1 FROM (VALUES (''), ('contract_id=' || OLD.contract_id))
    WHERE OLD.deleted_at IS NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
END;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'specifications', '', count(*) FROM specifications WHERE deleted_at IS NULL AND '' IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
CREATE TRIGGER `list_counts_specifications_added` AFTER INSERT ON `specifications`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'specifications', column1, 1 FROM (VALUES (''))
    WHERE NEW.deleted_at IS NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_specifications_changed` AFTER UPDATE OF org_id, deleted_at ON `specifications`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'specifications', column1, -1 FROM (VALUES ('', ''))
    WHERE OLD.deleted_at IS NULL AND column1 IS NOT NULL AND (NOT (NEW.deleted_at IS NULL) OR NEW.org_id <> OLD.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'specifications', column1, 1 FROM (VALUES ('', ''))
    WHERE NEW.deleted_at IS NULL AND column1 IS NOT NULL AND (NOT (OLD.deleted_at IS NULL) OR OLD.org_id <> NEW.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_specifications_gone` AFTER DELETE ON `specifications`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'specifications', column1, -1 FROM (VALUES (''))
    WHERE OLD.deleted_at IS NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
END;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'completed_works', '', count(*) FROM completed_works WHERE deleted_at IS NULL AND '' IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'completed_works', 'project_id=' || project_id, count(*) FROM completed_works WHERE deleted_at IS NULL AND 'project_id=' || project_id IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'completed_works', 'contract_id=' || contract_id, count(*) FROM completed_works WHERE deleted_at IS NULL AND 'contract_id=' || contract_id IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'completed_works', 'work_type_id=' || work_type_id, count(*) FROM completed_works WHERE deleted_at IS NULL AND 'work_type_id=' || work_type_id IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'completed_works', 'user_id=' || user_id, count(*) FROM completed_works WHERE deleted_at IS NULL AND 'user_id=' || user_id IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'completed_works', 'contractor_id=' || contractor_id, count(*) FROM completed_works WHERE deleted_at IS NULL AND 'contractor_id=' || contractor_id IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'completed_works', 'status=' || status, count(*) FROM completed_works WHERE deleted_at IS NULL AND 'status=' || status IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
CREATE TRIGGER `list_counts_completed_works_added` AFTER INSERT ON `completed_works`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'completed_works', column1, 1 FROM (VALUES (''), ('project_id=' || NEW.project_id), ('contract_id=' || NEW.contract_id), ('work_type_id=' || NEW.work_type_id), ('user_id=' || NEW.user_id), ('contractor_id=' || NEW.contractor_id), ('status=' || NEW.status))
    WHERE NEW.deleted_at IS NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_completed_works_changed` AFTER UPDATE OF org_id, deleted_at, project_id, contract_id, work_type_id, user_id, contractor_id, status ON `completed_works`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'completed_works', column1, -1 FROM (VALUES ('', ''), ('project_id=' || OLD.project_id, 'project_id=' || NEW.project_id), ('contract_id=' || OLD.contract_id, 'contract_id=' || NEW.contract_id), ('work_type_id=' || OLD.work_type_id, 'work_type_id=' || NEW.work_type_id), ('user_id=' || OLD.user_id, 'user_id=' || NEW.user_id), ('contractor_id=' || OLD.contractor_id, 'contractor_id=' || NEW.contractor_id), ('status=' || OLD.status, 'status=' || NEW.status))
    WHERE OLD.deleted_at IS NULL AND column1 IS NOT NULL AND (NOT (NEW.deleted_at IS NULL) OR NEW.org_id <> OLD.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'completed_works', column1, 1 FROM (VALUES ('', ''), ('project_id=' || NEW.project_id, 'project_id=' || OLD.project_id), ('contract_id=' || NEW.contract_id, 'contract_id=' || OLD.contract_id), ('work_type_id=' || NEW.work_type_id, 'work_type_id=' || OLD.work_type_id), ('user_id=' || NEW.user_id, 'user_id=' || OLD.user_id), ('contractor_id=' || NEW.contractor_id, 'contractor_id=' || OLD.contractor_id), ('status=' || NEW.status, 'status=' || OLD.status))
    WHERE NEW.deleted_at IS NULL AND column1 IS NOT NULL AND (NOT (OLD.deleted_at IS NULL) OR OLD.org_id <> NEW.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_completed_works_gone` AFTER DELETE ON `completed_works`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'completed_works', column1, -1 FROM (VALUES (''), ('project_id=' || OLD.project_id), ('contract_id=' || OLD.contract_id), ('work_type_id=' || OLD.work_type_id), ('user_id=' || OLD.user_id), ('contractor_id=' || OLD.contractor_id), ('status=' || OLD.status))
    WHERE OLD.deleted_at IS NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
END;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT host_org_id, 'hosted_works', '', count(*) FROM completed_works WHERE deleted_at IS NULL AND host_org_id IS NOT NULL AND '' IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT host_org_id, 'hosted_works', 'project_id=' || project_id, count(*) FROM completed_works WHERE deleted_at IS NULL AND host_org_id IS NOT NULL AND 'project_id=' || project_id IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT host_org_id, 'hosted_works', 'project_id=' || project_id || '&' || 'status=' || status, count(*) FROM completed_works WHERE deleted_at IS NULL AND host_org_id IS NOT NULL AND 'project_id=' || project_id || '&' || 'status=' || status IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT host_org_id, 'hosted_works', 'project_id=' || project_id || '&' || 'work_type_id=' || work_type_id, count(*) FROM completed_works WHERE deleted_at IS NULL AND host_org_id IS NOT NULL AND 'project_id=' || project_id || '&' || 'work_type_id=' || work_type_id IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT host_org_id, 'hosted_works', 'project_id=' || project_id || '&' || 'org_id=' || org_id, count(*) FROM completed_works WHERE deleted_at IS NULL AND host_org_id IS NOT NULL AND 'project_id=' || project_id || '&' || 'org_id=' || org_id IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
CREATE TRIGGER `list_counts_hosted_works_added` AFTER INSERT ON `completed_works`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.host_org_id, 'hosted_works', column1, 1 FROM (VALUES (''), ('project_id=' || NEW.project_id), ('project_id=' || NEW.project_id || '&' || 'status=' || NEW.status), ('project_id=' || NEW.project_id || '&' || 'work_type_id=' || NEW.work_type_id), ('project_id=' || NEW.project_id || '&' || 'org_id=' || NEW.org_id))
    WHERE NEW.deleted_at IS NULL AND NEW.host_org_id IS NOT NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_hosted_works_changed` AFTER UPDATE OF host_org_id, deleted_at, project_id, status, work_type_id, org_id ON `completed_works`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.host_org_id, 'hosted_works', column1, -1 FROM (VALUES ('', ''), ('project_id=' || OLD.project_id, 'project_id=' || NEW.project_id), ('project_id=' || OLD.project_id || '&' || 'status=' || OLD.status, 'project_id=' || NEW.project_id || '&' || 'status=' || NEW.status), ('project_id=' || OLD.project_id || '&' || 'work_type_id=' || OLD.work_type_id, 'project_id=' || NEW.project_id || '&' || 'work_type_id=' || NEW.work_type_id), ('project_id=' || OLD.project_id || '&' || 'org_id=' || OLD.org_id, 'project_id=' || NEW.project_id || '&' || 'org_id=' || NEW.org_id))
    WHERE OLD.deleted_at IS NULL AND OLD.host_org_id IS NOT NULL AND column1 IS NOT NULL AND (NOT (NEW.deleted_at IS NULL AND NEW.host_org_id IS NOT NULL) OR NEW.host_org_id <> OLD.host_org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.host_org_id, 'hosted_works', column1, 1 FROM (VALUES ('', ''), ('project_id=' || NEW.project_id, 'project_id=' || OLD.project_id), ('project_id=' || NEW.project_id || '&' || 'status=' || NEW.status, 'project_id=' || OLD.project_id || '&' || 'status=' || OLD.status), ('project_id=' || NEW.project_id || '&' || 'work_type_id=' || NEW.work_type_id, 'project_id=' || OLD.project_id || '&' || 'work_type_id=' || OLD.work_type_id), ('project_id=' || NEW.project_id || '&' || 'org_id=' || NEW.org_id, 'project_id=' || OLD.project_id || '&' || 'org_id=' || OLD.org_id))
    WHERE NEW.deleted_at IS NULL AND NEW.host_org_id IS NOT NULL AND column1 IS NOT NULL AND (NOT (OLD.deleted_at IS NULL AND OLD.host_org_id IS NOT NULL) OR OLD.host_org_id <> NEW.host_org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_hosted_works_gone` AFTER DELETE ON `completed_works`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.host_org_id, 'hosted_works', column1, -1 FROM (VALUES (''), ('project_id=' || OLD.project_id), ('project_id=' || OLD.project_id || '&' || 'status=' || OLD.status), ('project_id=' || OLD.project_id || '&' || 'work_type_id=' || OLD.work_type_id), ('project_id=' || OLD.project_id || '&' || 'org_id=' || OLD.org_id))
    WHERE OLD.deleted_at IS NULL AND OLD.host_org_id IS NOT NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
END;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'work_log', '', count(*) FROM completed_works WHERE deleted_at IS NULL AND status = 'confirmed' AND '' IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'work_log', 'project_id=' || project_id, count(*) FROM completed_works WHERE deleted_at IS NULL AND status = 'confirmed' AND 'project_id=' || project_id IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'work_log', 'work_type_id=' || work_type_id, count(*) FROM completed_works WHERE deleted_at IS NULL AND status = 'confirmed' AND 'work_type_id=' || work_type_id IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'work_log', 'user_id=' || user_id, count(*) FROM completed_works WHERE deleted_at IS NULL AND status = 'confirmed' AND 'user_id=' || user_id IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
CREATE TRIGGER `list_counts_work_log_added` AFTER INSERT ON `completed_works`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'work_log', column1, 1 FROM (VALUES (''), ('project_id=' || NEW.project_id), ('work_type_id=' || NEW.work_type_id), ('user_id=' || NEW.user_id))
    WHERE NEW.deleted_at IS NULL AND NEW.status = 'confirmed' AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_work_log_changed` AFTER UPDATE OF org_id, deleted_at, status, project_id, work_type_id, user_id ON `completed_works`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'work_log', column1, -1 FROM (VALUES ('', ''), ('project_id=' || OLD.project_id, 'project_id=' || NEW.project_id), ('work_type_id=' || OLD.work_type_id, 'work_type_id=' || NEW.work_type_id), ('user_id=' || OLD.user_id, 'user_id=' || NEW.user_id))
    WHERE OLD.deleted_at IS NULL AND OLD.status = 'confirmed' AND column1 IS NOT NULL AND (NOT (NEW.deleted_at IS NULL AND NEW.status = 'confirmed') OR NEW.org_id <> OLD.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'work_log', column1, 1 FROM (VALUES ('', ''), ('project_id=' || NEW.project_id, 'project_id=' || OLD.project_id), ('work_type_id=' || NEW.work_type_id, 'work_type_id=' || OLD.work_type_id), ('user_id=' || NEW.user_id, 'user_id=' || OLD.user_id))
    WHERE NEW.deleted_at IS NULL AND NEW.status = 'confirmed' AND column1 IS NOT NULL AND (NOT (OLD.deleted_at IS NULL AND OLD.status = 'confirmed') OR OLD.org_id <> NEW.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_work_log_gone` AFTER DELETE ON `completed_works`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'work_log', column1, -1 FROM (VALUES (''), ('project_id=' || OLD.project_id), ('work_type_id=' || OLD.work_type_id), ('user_id=' || OLD.user_id))
    WHERE OLD.deleted_at IS NULL AND OLD.status = 'confirmed' AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
END;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'performance_acts', '', count(*) FROM performance_acts WHERE deleted_at IS NULL AND '' IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'performance_acts', 'contract_id=' || contract_id, count(*) FROM performance_acts WHERE deleted_at IS NULL AND 'contract_id=' || contract_id IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'performance_acts', 'project_id=' || project_id, count(*) FROM performance_acts WHERE deleted_at IS NULL AND 'project_id=' || project_id IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'performance_acts', 'contractor_id=' || contractor_id, count(*) FROM performance_acts WHERE deleted_at IS NULL AND 'contractor_id=' || contractor_id IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'performance_acts', 'is_approved=' || is_approved, count(*) FROM performance_acts WHERE deleted_at IS NULL AND 'is_approved=' || is_approved IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
CREATE TRIGGER `list_counts_performance_acts_added` AFTER INSERT ON `performance_acts`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'performance_acts', column1, 1 FROM (VALUES (''), ('contract_id=' || NEW.contract_id), ('project_id=' || NEW.project_id), ('contractor_id=' || NEW.contractor_id), ('is_approved=' || NEW.is_approved))
    WHERE NEW.deleted_at IS NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_performance_acts_changed` AFTER UPDATE OF org_id, deleted_at, contract_id, project_id, contractor_id, is_approved ON `performance_acts`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'performance_acts', column1, -1 FROM (VALUES ('', ''), ('contract_id=' || OLD.contract_id, 'contract_id=' || NEW.contract_id), ('project_id=' || OLD.project_id, 'project_id=' || NEW.project_id), ('contractor_id=' || OLD.contractor_id, 'contractor_id=' || NEW.contractor_id), ('is_approved=' || OLD.is_approved, 'is_approved=' || NEW.is_approved))
    WHERE OLD.deleted_at IS NULL AND column1 IS NOT NULL AND (NOT (NEW.deleted_at IS NULL) OR NEW.org_id <> OLD.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'performance_acts', column1, 1 FROM (VALUES ('', ''), ('contract_id=' || NEW.contract_id, 'contract_id=' || OLD.contract_id), ('project_id=' || NEW.project_id, 'project_id=' || OLD.project_id), ('contractor_id=' || NEW.contractor_id, 'contractor_id=' || OLD.contractor_id), ('is_approved=' || NEW.is_approved, 'is_approved=' || OLD.is_approved))
    WHERE NEW.deleted_at IS NULL AND column1 IS NOT NULL AND (NOT (OLD.deleted_at IS NULL) OR OLD.org_id <> NEW.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_performance_acts_gone` AFTER DELETE ON `performance_acts`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'performance_acts', column1, -1 FROM (VALUES (''), ('contract_id=' || OLD.contract_id), ('project_id=' || OLD.project_id), ('contractor_id=' || OLD.contractor_id), ('is_approved=' || OLD.is_approved))
    WHERE OLD.deleted_at IS NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
END;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'material_movements', '', count(*) FROM material_movements WHERE deleted_at IS NULL AND '' IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'material_movements', 'project_id=' || project_id, count(*) FROM material_movements WHERE deleted_at IS NULL AND 'project_id=' || project_id IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'material_movements', 'material_id=' || material_id, count(*) FROM material_movements WHERE deleted_at IS NULL AND 'material_id=' || material_id IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'material_movements', 'user_id=' || user_id, count(*) FROM material_movements WHERE deleted_at IS NULL AND 'user_id=' || user_id IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'material_movements', 'operation=' || operation, count(*) FROM material_movements WHERE deleted_at IS NULL AND 'operation=' || operation IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
CREATE TRIGGER `list_counts_material_movements_added` AFTER INSERT ON `material_movements`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'material_movements', column1, 1 FROM (VALUES (''), ('project_id=' || NEW.project_id), ('material_id=' || NEW.material_id), ('user_id=' || NEW.user_id), ('operation=' || NEW.operation))
    WHERE NEW.deleted_at IS NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_material_movements_changed` AFTER UPDATE OF org_id, deleted_at, project_id, material_id, user_id, operation ON `material_movements`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'material_movements', column1, -1 FROM (VALUES ('', ''), ('project_id=' || OLD.project_id, 'project_id=' || NEW.project_id), ('material_id=' || OLD.material_id, 'material_id=' || NEW.material_id), ('user_id=' || OLD.user_id, 'user_id=' || NEW.user_id), ('operation=' || OLD.operation, 'operation=' || NEW.operation))
    WHERE OLD.deleted_at IS NULL AND column1 IS NOT NULL AND (NOT (NEW.deleted_at IS NULL) OR NEW.org_id <> OLD.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'material_movements', column1, 1 FROM (VALUES ('', ''), ('project_id=' || NEW.project_id, 'project_id=' || OLD.project_id), ('material_id=' || NEW.material_id, 'material_id=' || OLD.material_id), ('user_id=' || NEW.user_id, 'user_id=' || OLD.user_id), ('operation=' || NEW.operation, 'operation=' || OLD.operation))
    WHERE NEW.deleted_at IS NULL AND column1 IS NOT NULL AND (NOT (OLD.deleted_at IS NULL) OR OLD.org_id <> NEW.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_material_movements_gone` AFTER DELETE ON `material_movements`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'material_movements', column1, -1 FROM (VALUES (''), ('project_id=' || OLD.project_id), ('material_id=' || OLD.material_id), ('user_id=' || OLD.user_id), ('operation=' || OLD.operation))
    WHERE OLD.deleted_at IS NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
END;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'time_entries', '', count(*) FROM time_entries WHERE deleted_at IS NULL AND '' IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'time_entries', 'user_id=' || user_id, count(*) FROM time_entries WHERE deleted_at IS NULL AND 'user_id=' || user_id IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'time_entries', 'project_id=' || project_id, count(*) FROM time_entries WHERE deleted_at IS NULL AND 'project_id=' || project_id IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'time_entries', 'status=' || status, count(*) FROM time_entries WHERE deleted_at IS NULL AND 'status=' || status IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'time_entries', 'is_billable=' || is_billable, count(*) FROM time_entries WHERE deleted_at IS NULL AND 'is_billable=' || is_billable IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
CREATE TRIGGER `list_counts_time_entries_added` AFTER INSERT ON `time_entries`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'time_entries', column1, 1 FROM (VALUES (''), ('user_id=' || NEW.user_id), ('project_id=' || NEW.project_id), ('status=' || NEW.status), ('is_billable=' || NEW.is_billable))
    WHERE NEW.deleted_at IS NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_time_entries_changed` AFTER UPDATE OF org_id, deleted_at, user_id, project_id, status, is_billable ON `time_entries`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'time_entries', column1, -1 FROM (VALUES ('', ''), ('user_id=' || OLD.user_id, 'user_id=' || NEW.user_id), ('project_id=' || OLD.project_id, 'project_id=' || NEW.project_id), ('status=' || OLD.status, 'status=' || NEW.status), ('is_billable=' || OLD.is_billable, 'is_billable=' || NEW.is_billable))
    WHERE OLD.deleted_at IS NULL AND column1 IS NOT NULL AND (NOT (NEW.deleted_at IS NULL) OR NEW.org_id <> OLD.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'time_entries', column1, 1 FROM (VALUES ('', ''), ('user_id=' || NEW.user_id, 'user_id=' || OLD.user_id), ('project_id=' || NEW.project_id, 'project_id=' || OLD.project_id), ('status=' || NEW.status, 'status=' || OLD.status), ('is_billable=' || NEW.is_billable, 'is_billable=' || OLD.is_billable))
    WHERE NEW.deleted_at IS NULL AND column1 IS NOT NULL AND (NOT (OLD.deleted_at IS NULL) OR OLD.org_id <> NEW.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_time_entries_gone` AFTER DELETE ON `time_entries`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'time_entries', column1, -1 FROM (VALUES (''), ('user_id=' || OLD.user_id), ('project_id=' || OLD.project_id), ('status=' || OLD.status), ('is_billable=' || OLD.is_billable))
    WHERE OLD.deleted_at IS NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
END;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'advance_transactions', '', count(*) FROM advance_transactions WHERE deleted_at IS NULL AND '' IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'advance_transactions', 'user_id=' || user_id, count(*) FROM advance_transactions WHERE deleted_at IS NULL AND 'user_id=' || user_id IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'advance_transactions', 'project_id=' || project_id, count(*) FROM advance_transactions WHERE deleted_at IS NULL AND 'project_id=' || project_id IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'advance_transactions', 'type=' || type, count(*) FROM advance_transactions WHERE deleted_at IS NULL AND 'type=' || type IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'advance_transactions', 'status=' || status, count(*) FROM advance_transactions WHERE deleted_at IS NULL AND 'status=' || status IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
CREATE TRIGGER `list_counts_advance_transactions_added` AFTER INSERT ON `advance_transactions`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'advance_transactions', column1, 1 FROM (VALUES (''), ('user_id=' || NEW.user_id), ('project_id=' || NEW.project_id), ('type=' || NEW.type), ('status=' || NEW.status))
    WHERE NEW.deleted_at IS NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_advance_transactions_changed` AFTER UPDATE OF org_id, deleted_at, user_id, project_id, type, status ON `advance_transactions`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'advance_transactions', column1, -1 FROM (VALUES ('', ''), ('user_id=' || OLD.user_id, 'user_id=' || NEW.user_id), ('project_id=' || OLD.project_id, 'project_id=' || NEW.project_id), ('type=' || OLD.type, 'type=' || NEW.type), ('status=' || OLD.status, 'status=' || NEW.status))
    WHERE OLD.deleted_at IS NULL AND column1 IS NOT NULL AND (NOT (NEW.deleted_at IS NULL) OR NEW.org_id <> OLD.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'advance_transactions', column1, 1 FROM (VALUES ('', ''), ('user_id=' || NEW.user_id, 'user_id=' || OLD.user_id), ('project_id=' || NEW.project_id, 'project_id=' || OLD.project_id), ('type=' || NEW.type, 'type=' || OLD.type), ('status=' || NEW.status, 'status=' || OLD.status))
    WHERE NEW.deleted_at IS NULL AND column1 IS NOT NULL AND (NOT (OLD.deleted_at IS NULL) OR OLD.org_id <> NEW.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_advance_transactions_gone` AFTER DELETE ON `advance_transactions`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'advance_transactions', column1, -1 FROM (VALUES (''), ('user_id=' || OLD.user_id), ('project_id=' || OLD.project_id), ('type=' || OLD.type), ('status=' || OLD.status))
    WHERE OLD.deleted_at IS NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
END;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'memberships', '', count(*) FROM memberships WHERE true AND '' IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'memberships', 'is_active=' || is_active, count(*) FROM memberships WHERE true AND 'is_active=' || is_active IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
CREATE TRIGGER `list_counts_memberships_added` AFTER INSERT ON `memberships`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'memberships', column1, 1 FROM (VALUES (''), ('is_active=' || NEW.is_active))
    WHERE true AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_memberships_changed` AFTER UPDATE OF org_id, is_active ON `memberships`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'memberships', column1, -1 FROM (VALUES ('', ''), ('is_active=' || OLD.is_active, 'is_active=' || NEW.is_active))
    WHERE true AND column1 IS NOT NULL AND (NOT (true) OR NEW.org_id <> OLD.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'memberships', column1, 1 FROM (VALUES ('', ''), ('is_active=' || NEW.is_active, 'is_active=' || OLD.is_active))
    WHERE true AND column1 IS NOT NULL AND (NOT (true) OR OLD.org_id <> NEW.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_memberships_gone` AFTER DELETE ON `memberships`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'memberships', column1, -1 FROM (VALUES (''), ('is_active=' || OLD.is_active))
    WHERE true AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
END;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'site_requests', '', count(*) FROM site_requests WHERE deleted_at IS NULL AND '' IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'site_requests', 'project_id=' || project_id, count(*) FROM site_requests WHERE deleted_at IS NULL AND 'project_id=' || project_id IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'site_requests', 'kind=' || kind, count(*) FROM site_requests WHERE deleted_at IS NULL AND 'kind=' || kind IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'site_requests', 'status=' || status, count(*) FROM site_requests WHERE deleted_at IS NULL AND 'status=' || status IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
CREATE TRIGGER `list_counts_site_requests_added` AFTER INSERT ON `site_requests`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'site_requests', column1, 1 FROM (VALUES (''), ('project_id=' || NEW.project_id), ('kind=' || NEW.kind), ('status=' || NEW.status))
    WHERE NEW.deleted_at IS NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_site_requests_changed` AFTER UPDATE OF org_id, deleted_at, project_id, kind, status ON `site_requests`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'site_requests', column1, -1 FROM (VALUES ('', ''), ('project_id=' || OLD.project_id, 'project_id=' || NEW.project_id), ('kind=' || OLD.kind, 'kind=' || NEW.kind), ('status=' || OLD.status, 'status=' || NEW.status))
    WHERE OLD.deleted_at IS NULL AND column1 IS NOT NULL AND (NOT (NEW.deleted_at IS NULL) OR NEW.org_id <> OLD.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'site_requests', column1, 1 FROM (VALUES ('', ''), ('project_id=' || NEW.project_id, 'project_id=' || OLD.project_id), ('kind=' || NEW.kind, 'kind=' || OLD.kind), ('status=' || NEW.status, 'status=' || OLD.status))
    WHERE NEW.deleted_at IS NULL AND column1 IS NOT NULL AND (NOT (OLD.deleted_at IS NULL) OR OLD.org_id <> NEW.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_site_requests_gone` AFTER DELETE ON `site_requests`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'site_requests', column1, -1 FROM (VALUES (''), ('project_id=' || OLD.project_id), ('kind=' || OLD.kind), ('status=' || OLD.status))
    WHERE OLD.deleted_at IS NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
END;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'report_files', '', count(*) FROM report_files WHERE true AND '' IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'report_files', 'type=' || type, count(*) FROM report_files WHERE true AND 'type=' || type IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
CREATE TRIGGER `list_counts_report_files_added` AFTER INSERT ON `report_files`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'report_files', column1, 1 FROM (VALUES (''), ('type=' || NEW.type))
    WHERE true AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_report_files_changed` AFTER UPDATE OF org_id, type ON `report_files`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'report_files', column1, -1 FROM (VALUES ('', ''), ('type=' || OLD.type, 'type=' || NEW.type))
    WHERE true AND column1 IS NOT NULL AND (NOT (true) OR NEW.org_id <> OLD.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'report_files', column1, 1 FROM (VALUES ('', ''), ('type=' || NEW.type, 'type=' || OLD.type))
    WHERE true AND column1 IS NOT NULL AND (NOT (true) OR OLD.org_id <> NEW.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_report_files_gone` AFTER DELETE ON `report_files`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'report_files', column1, -1 FROM (VALUES (''), ('type=' || OLD.type))
    WHERE true AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
END;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'report_templates', '', count(*) FROM report_templates WHERE deleted_at IS NULL AND '' IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
CREATE TRIGGER `list_counts_report_templates_added` AFTER INSERT ON `report_templates`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'report_templates', column1, 1 FROM (VALUES (''))
    WHERE NEW.deleted_at IS NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_report_templates_changed` AFTER UPDATE OF org_id, deleted_at ON `report_templates`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'report_templates', column1, -1 FROM (VALUES ('', ''))
    WHERE OLD.deleted_at IS NULL AND column1 IS NOT NULL AND (NOT (NEW.deleted_at IS NULL) OR NEW.org_id <> OLD.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'report_templates', column1, 1 FROM (VALUES ('', ''))
    WHERE NEW.deleted_at IS NULL AND column1 IS NOT NULL AND (NOT (OLD.deleted_at IS NULL) OR OLD.org_id <> NEW.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_report_templates_gone` AFTER DELETE ON `report_templates`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'report_templates', column1, -1 FROM (VALUES (''))
    WHERE OLD.deleted_at IS NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
END;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'custom_reports', '', count(*) FROM custom_reports WHERE deleted_at IS NULL AND '' IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'custom_reports', 'is_shared=' || is_shared, count(*) FROM custom_reports WHERE deleted_at IS NULL AND 'is_shared=' || is_shared IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'custom_reports', 'report_category=' || report_category || '&' || 'is_shared=' || is_shared, count(*) FROM custom_reports WHERE deleted_at IS NULL AND 'report_category=' || report_category || '&' || 'is_shared=' || is_shared IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'custom_reports', 'is_favorite=' || is_favorite || '&' || 'is_shared=' || is_shared, count(*) FROM custom_reports WHERE deleted_at IS NULL AND 'is_favorite=' || is_favorite || '&' || 'is_shared=' || is_shared IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'custom_reports', 'user_id=' || user_id || '&' || 'is_shared=' || is_shared, count(*) FROM custom_reports WHERE deleted_at IS NULL AND 'user_id=' || user_id || '&' || 'is_shared=' || is_shared IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'custom_reports', 'user_id=' || user_id || '&' || 'report_category=' || report_category || '&' || 'is_shared=' || is_shared, count(*) FROM custom_reports WHERE deleted_at IS NULL AND 'user_id=' || user_id || '&' || 'report_category=' || report_category || '&' || 'is_shared=' || is_shared IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'custom_reports', 'user_id=' || user_id || '&' || 'is_favorite=' || is_favorite || '&' || 'is_shared=' || is_shared, count(*) FROM custom_reports WHERE deleted_at IS NULL AND 'user_id=' || user_id || '&' || 'is_favorite=' || is_favorite || '&' || 'is_shared=' || is_shared IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
CREATE TRIGGER `list_counts_custom_reports_added` AFTER INSERT ON `custom_reports`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'custom_reports', column1, 1 FROM (VALUES (''), ('is_shared=' || NEW.is_shared), ('report_category=' || NEW.report_category || '&' || 'is_shared=' || NEW.is_shared), ('is_favorite=' || NEW.is_favorite || '&' || 'is_shared=' || NEW.is_shared), ('user_id=' || NEW.user_id || '&' || 'is_shared=' || NEW.is_shared), ('user_id=' || NEW.user_id || '&' || 'report_category=' || NEW.report_category || '&' || 'is_shared=' || NEW.is_shared), ('user_id=' || NEW.user_id || '&' || 'is_favorite=' || NEW.is_favorite || '&' || 'is_shared=' || NEW.is_shared))
    WHERE NEW.deleted_at IS NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_custom_reports_changed` AFTER UPDATE OF org_id, deleted_at, is_shared, report_category, is_favorite, user_id ON `custom_reports`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'custom_reports', column1, -1 FROM (VALUES ('', ''), ('is_shared=' || OLD.is_shared, 'is_shared=' || NEW.is_shared), ('report_category=' || OLD.report_category || '&' || 'is_shared=' || OLD.is_shared, 'report_category=' || NEW.report_category || '&' || 'is_shared=' || NEW.is_shared), ('is_favorite=' || OLD.is_favorite || '&' || 'is_shared=' || OLD.is_shared, 'is_favorite=' || NEW.is_favorite || '&' || 'is_shared=' || NEW.is_shared), ('user_id=' || OLD.user_id || '&' || 'is_shared=' || OLD.is_shared, 'user_id=' || NEW.user_id || '&' || 'is_shared=' || NEW.is_shared), ('user_id=' || OLD.user_id || '&' || 'report_category=' || OLD.report_category || '&' || 'is_shared=' || OLD.is_shared, 'user_id=' || NEW.user_id || '&' || 'report_category=' || NEW.report_category || '&' || 'is_shared=' || NEW.is_shared), ('user_id=' || OLD.user_id || '&' || 'is_favorite=' || OLD.is_favorite || '&' || 'is_shared=' || OLD.is_shared, 'user_id=' || NEW.user_id || '&' || 'is_favorite=' || NEW.is_favorite || '&' || 'is_shared=' || NEW.is_shared))
    WHERE OLD.deleted_at IS NULL AND column1 IS NOT NULL AND (NOT (NEW.deleted_at IS NULL) OR NEW.org_id <> OLD.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'custom_reports', column1, 1 FROM (VALUES ('', ''), ('is_shared=' || NEW.is_shared, 'is_shared=' || OLD.is_shared), ('report_category=' || NEW.report_category || '&' || 'is_shared=' || NEW.is_shared, 'report_category=' || OLD.report_category || '&' || 'is_shared=' || OLD.is_shared), ('is_favorite=' || NEW.is_favorite || '&' || 'is_shared=' || NEW.is_shared, 'is_favorite=' || OLD.is_favorite || '&' || 'is_shared=' || OLD.is_shared), ('user_id=' || NEW.user_id || '&' || 'is_shared=' || NEW.is_shared, 'user_id=' || OLD.user_id || '&' || 'is_shared=' || OLD.is_shared), ('user_id=' || NEW.user_id || '&' || 'report_category=' || NEW.report_category || '&' || 'is_shared=' || NEW.is_shared, 'user_id=' || OLD.user_id || '&' || 'report_category=' || OLD.report_category || '&' || 'is_shared=' || OLD.is_shared), ('user_id=' || NEW.user_id || '&' || 'is_favorite=' || NEW.is_favorite || '&' || 'is_shared=' || NEW.is_shared, 'user_id=' || OLD.user_id || '&' || 'is_favorite=' || OLD.is_favorite || '&' || 'is_shared=' || OLD.is_shared))
    WHERE NEW.deleted_at IS NULL AND column1 IS NOT NULL AND (NOT (OLD.deleted_at IS NULL) OR OLD.org_id <> NEW.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_custom_reports_gone` AFTER DELETE ON `custom_reports`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'custom_reports', column1, -1 FROM (VALUES (''), ('is_shared=' || OLD.is_shared), ('report_category=' || OLD.report_category || '&' || 'is_shared=' || OLD.is_shared), ('is_favorite=' || OLD.is_favorite || '&' || 'is_shared=' || OLD.is_shared), ('user_id=' || OLD.user_id || '&' || 'is_shared=' || OLD.is_shared), ('user_id=' || OLD.user_id || '&' || 'report_category=' || OLD.report_category || '&' || 'is_shared=' || OLD.is_shared), ('user_id=' || OLD.user_id || '&' || 'is_favorite=' || OLD.is_favorite || '&' || 'is_shared=' || OLD.is_shared))
    WHERE OLD.deleted_at IS NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
END;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'invitations_sent', '', count(*) FROM contractor_invitations WHERE true AND '' IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'invitations_sent', 'status=' || status, count(*) FROM contractor_invitations WHERE true AND 'status=' || status IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
CREATE TRIGGER `list_counts_invitations_sent_added` AFTER INSERT ON `contractor_invitations`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'invitations_sent', column1, 1 FROM (VALUES (''), ('status=' || NEW.status))
    WHERE true AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_invitations_sent_changed` AFTER UPDATE OF org_id, status ON `contractor_invitations`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'invitations_sent', column1, -1 FROM (VALUES ('', ''), ('status=' || OLD.status, 'status=' || NEW.status))
    WHERE true AND column1 IS NOT NULL AND (NOT (true) OR NEW.org_id <> OLD.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'invitations_sent', column1, 1 FROM (VALUES ('', ''), ('status=' || NEW.status, 'status=' || OLD.status))
    WHERE true AND column1 IS NOT NULL AND (NOT (true) OR OLD.org_id <> NEW.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_invitations_sent_gone` AFTER DELETE ON `contractor_invitations`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'invitations_sent', column1, -1 FROM (VALUES (''), ('status=' || OLD.status))
    WHERE true AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
END;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT invited_org_id, 'invitations_received', '', count(*) FROM contractor_invitations WHERE true AND '' IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT invited_org_id, 'invitations_received', 'status=' || status, count(*) FROM contractor_invitations WHERE true AND 'status=' || status IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
CREATE TRIGGER `list_counts_invitations_received_added` AFTER INSERT ON `contractor_invitations`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.invited_org_id, 'invitations_received', column1, 1 FROM (VALUES (''), ('status=' || NEW.status))
    WHERE true AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_invitations_received_changed` AFTER UPDATE OF invited_org_id, status ON `contractor_invitations`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.invited_org_id, 'invitations_received', column1, -1 FROM (VALUES ('', ''), ('status=' || OLD.status, 'status=' || NEW.status))
    WHERE true AND column1 IS NOT NULL AND (NOT (true) OR NEW.invited_org_id <> OLD.invited_org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.invited_org_id, 'invitations_received', column1, 1 FROM (VALUES ('', ''), ('status=' || NEW.status, 'status=' || OLD.status))
    WHERE true AND column1 IS NOT NULL AND (NOT (true) OR OLD.invited_org_id <> NEW.invited_org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_invitations_received_gone` AFTER DELETE ON `contractor_invitations`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.invited_org_id, 'invitations_received', column1, -1 FROM (VALUES (''), ('status=' || OLD.status))
    WHERE true AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
END;
